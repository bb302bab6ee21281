package dev.halo.registry.approval;

import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.registry.access.Actor;
import dev.halo.registry.announcement.Announcements;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.audit.AuditEntry.SubjectKind;
import dev.halo.registry.authority.SiteViews;
import dev.halo.registry.authority.SiteViews.SiteView;
import dev.halo.registry.command.Command;
import dev.halo.registry.command.Commands;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.link.Entitlement;
import dev.halo.registry.link.Link;
import dev.halo.registry.link.LinkAdministration;
import dev.halo.registry.link.Links;
import dev.halo.registry.link.LinksResource.LinkView;
import dev.halo.registry.site.PmsKey;
import dev.halo.registry.site.Site;
import dev.halo.registry.tag.Precondition;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** What waits for an operator: PMS IDs that an enrolment did not name, and one of two databases with the same. */
@ApplicationScoped
public class Approvals {

    private final Commands commands;
    private final Mutiny.SessionFactory sessions;
    private final Links links;
    private final LinkAdministration administration;
    private final Announcements announcements;
    private final SiteViews views;

    public Approvals(
            Commands commands,
            Mutiny.SessionFactory sessions,
            Links links,
            LinkAdministration administration,
            Announcements announcements,
            SiteViews views) {
        this.commands = commands;
        this.sessions = sessions;
        this.links = links;
        this.administration = administration;
        this.announcements = announcements;
        this.views = views;
    }

    /** Entitles a Link to PMS IDs; sites of it that waited for that become active. Fails with 409 where it was removed. */
    Uni<LinkView> entitle(Actor operator, UUID linkId, List<String> pmsIds, String reason, Precondition precondition) {
        return commands.execute("entitleLink", operator, command -> links.lockKnown(command, linkId)
                        .invoke(link -> mustBeThere(link, precondition))
                        .call(link -> links.entitlements(command, linkId)
                                .flatMap(existing -> entitle(command, link, pmsIds, existing, reason)))
                        .call(link -> announcements.judgeAgain(command, link, reason))
                        .replaceWithVoid())
                .chain(() -> administration.get(linkId));
    }

    private static void mustBeThere(Link link, Precondition precondition) {
        precondition.requires(link.version());
        if (link.status() == LinkStatus.REMOVED) {
            throw ApiException.conflict("The Link was removed.");
        }
    }

    private static Uni<Void> entitle(
            Command command, Link link, List<String> pmsIds, Set<PmsKey> existing, String reason) {
        List<PmsKey> added = pmsIds.stream()
                .map(pmsId -> new PmsKey(PmsType.ZEDMED, pmsId))
                .distinct()
                .filter(pmsKey -> !existing.contains(pmsKey))
                .toList();
        if (!added.isEmpty()) {
            link.touch();
        }
        added.forEach(pmsKey -> command.audit(AuditEntry.of(
                AuditAction.LINK_ENTITLED, SubjectKind.LINK, link.id(), reason, Map.of("pmsId", pmsKey.pmsId()))));
        return command.session()
                .persistAll(added.stream()
                        .map(pmsKey -> new Entitlement(
                                link.id(), pmsKey, command.actor().name(), command.at()))
                        .toArray());
    }

    /**
     * Of the databases of one Link with the same PMS ID, this one is served from now on and the other waits. Fails with
     * 404 for an unknown site, 409 where it cannot be served, naming why.
     */
    Uni<SiteView> choose(Actor operator, UUID siteId, String reason, Precondition precondition) {
        return sessions.withSession(session -> session.find(Site.class, siteId))
                .onItem()
                .ifNull()
                .failWith(() -> ApiException.notFound("There is no site " + siteId + "."))
                .flatMap(known ->
                        commands.execute("chooseSite", operator, command -> links.lockKnown(command, known.linkId())
                                .invoke(Approvals::mustBeActive)
                                .flatMap(link -> links.sites(command, link.id())
                                        .flatMap(sites -> choose(command, link, sites, siteId, reason, precondition)))))
                .chain(() -> views.get(siteId));
    }

    private Uni<Void> choose(
            Command command, Link link, List<Site> sites, UUID siteId, String reason, Precondition precondition) {
        Site chosen = sites.stream()
                .filter(site -> site.id().equals(siteId))
                .findFirst()
                .orElseThrow(() -> ApiException.notFound("There is no site " + siteId + "."));
        precondition.requires(chosen.version());
        if (chosen.isGone()) {
            throw ApiException.conflict("The site is " + chosen.status().wire() + ".");
        }
        if (!chosen.isAnnounced()) {
            throw ApiException.conflict(Site.NOT_ANNOUNCED);
        }
        if (chosen.status() == SiteStatus.ACTIVE) {
            return Uni.createFrom().voidItem();
        }
        sites.stream()
                .filter(site -> site != chosen && site.pmsKey().equals(chosen.pmsKey()) && !site.isGone())
                .forEach(site -> site.setAside("An operator chose another database of this Link, " + siteId
                        + ", which has the same Database ID."));
        // Written before the other becomes active: the database takes one active site of a Link and PMS ID at a time.
        return command.session()
                .flush()
                .invoke(() -> chosen.choose(command.at()))
                .chain(() -> announcements.judgeAgain(command, link, reason))
                .invoke(() -> {
                    if (chosen.status() != SiteStatus.ACTIVE) {
                        throw ApiException.conflict("The site cannot be served: " + chosen.problem());
                    }
                    command.audit(AuditEntry.of(
                            AuditAction.SITE_CHOSEN,
                            SubjectKind.SITE,
                            siteId,
                            reason,
                            Map.of("pmsId", chosen.pmsKey().pmsId(), "linkId", link.id())));
                });
    }

    private static void mustBeActive(Link link) {
        if (link.status() != LinkStatus.ACTIVE) {
            throw ApiException.conflict("The Link is " + link.status().wire() + ".");
        }
    }
}
