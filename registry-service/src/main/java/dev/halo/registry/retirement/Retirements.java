package dev.halo.registry.retirement;

import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.PmsType;
import dev.halo.registry.access.Actor;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.audit.AuditEntry.SubjectKind;
import dev.halo.registry.authority.Authorities;
import dev.halo.registry.command.Command;
import dev.halo.registry.command.Commands;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.link.Link;
import dev.halo.registry.link.Links;
import dev.halo.registry.outbox.Publication;
import dev.halo.registry.site.PmsKey;
import dev.halo.registry.site.Site;
import dev.halo.registry.tag.Precondition;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Takes Links and sites out of use, for ever. What they were authoritative for has no authoritative Link until an
 * operator switches.
 */
@ApplicationScoped
public class Retirements {

    private static final String BY_ITSELF = "the Link was uninstalled";

    private final Commands commands;
    private final Mutiny.SessionFactory sessions;
    private final Links links;
    private final Authorities authorities;

    public Retirements(Commands commands, Mutiny.SessionFactory sessions, Links links, Authorities authorities) {
        this.commands = commands;
        this.sessions = sessions;
        this.links = links;
        this.authorities = authorities;
    }

    /** What would be left with no authoritative Link; fails with 404 for an unknown Link. */
    Uni<List<LeftWithout>> previewLink(UUID linkId) {
        return sessions.withSession(session -> session.find(Link.class, linkId)
                .onItem()
                .ifNull()
                .failWith(() -> ApiException.notFound("There is no Link " + linkId + "."))
                .chain(() -> session.createSelectionQuery(
                                "select pmsType, pmsId from Authority where linkId = :link", Object[].class)
                        .setParameter("link", linkId)
                        .getResultList())
                .flatMap(rows -> LeftWithout.of(
                        session,
                        linkId,
                        rows.stream()
                                .map(row -> new PmsKey((PmsType) row[0], (String) row[1]))
                                .toList())));
    }

    /** Fails with 404 for an unknown Link, 409 for one that was removed. */
    Uni<List<LeftWithout>> retireLink(
            Actor operator, UUID linkId, Retirement how, String reason, Precondition precondition) {
        return commands.execute("retireLink", operator, command -> links.lockKnown(command, linkId)
                .invoke(link -> {
                    precondition.requires(link.version());
                    if (link.status() == LinkStatus.REMOVED) {
                        throw ApiException.conflict("The Link was removed already.");
                    }
                })
                .flatMap(link -> retire(command, link, how, reason)));
    }

    /**
     * A Link says that it was uninstalled; again is a no-op. Fails with 401 for an unknown Link, 403 for one that is
     * suspended: perhaps it is a copy that speaks.
     */
    Uni<Void> uninstalled(UUID linkId) {
        return commands.execute("linkUninstalled", Actor.link(linkId), command -> links.lock(command, linkId)
                .flatMap(link -> {
                    if (link == null) {
                        throw ApiException.unauthorized("The Link is not known.");
                    }
                    if (link.status() == LinkStatus.REMOVED) {
                        return Uni.createFrom().voidItem();
                    }
                    Links.mustBeActive(link);
                    return retire(command, link, Retirement.UNINSTALLED, BY_ITSELF)
                            .replaceWithVoid();
                }));
    }

    private Uni<List<LeftWithout>> retire(Command command, Link link, Retirement how, String reason) {
        return authorities
                .release(command, link.id(), all -> true, how.cause(), reason)
                .call(() -> links.sites(command, link.id()).invoke(sites -> sites.stream()
                        .filter(site -> !site.isGone())
                        .forEach(site -> site.retire(how.siteStatus(), reason))))
                .call(() -> links.changeStatus(command, link, LinkStatus.REMOVED, how.ofLink(), reason))
                .flatMap(left -> LeftWithout.of(command.session(), link.id(), left));
    }

    /** Fails with 404 for an unknown site, 409 for one that is gone. */
    Uni<List<LeftWithout>> retireSite(
            Actor operator, UUID siteId, Retirement how, String reason, Precondition precondition) {
        return sessions.withSession(session -> session.find(Site.class, siteId))
                .onItem()
                .ifNull()
                .failWith(() -> ApiException.notFound("There is no site " + siteId + "."))
                .flatMap(known ->
                        commands.execute("retireSite", operator, command -> links.lockKnown(command, known.linkId())
                                .flatMap(link -> command.session()
                                        .find(Site.class, siteId)
                                        .flatMap(site -> retire(command, link, site, how, reason, precondition)))));
    }

    private Uni<List<LeftWithout>> retire(
            Command command, Link link, Site site, Retirement how, String reason, Precondition precondition) {
        precondition.requires(site.version());
        if (site.isGone()) {
            throw ApiException.conflict("The site is " + site.status().wire() + " already.");
        }
        return authorities
                .release(command, link.id(), held -> site.id().equals(held.siteId()), how.cause(), reason)
                .invoke(() -> {
                    site.retire(how.siteStatus(), reason);
                    command.publish(Publication.of(site.toRecord(link.status())));
                    command.audit(AuditEntry.of(
                            how.ofSite(),
                            SubjectKind.SITE,
                            site.id(),
                            reason,
                            Map.of("pmsId", site.pmsKey().pmsId(), "linkId", link.id())));
                })
                // Candidates of the same Link would have to be announced again first.
                .flatMap(left -> LeftWithout.of(command.session(), link.id(), left));
    }
}
