package dev.halo.registry.approval;

import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.registry.access.Actor;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.audit.AuditEntry.SubjectKind;
import dev.halo.registry.authority.Authorities;
import dev.halo.registry.authority.Authority;
import dev.halo.registry.authority.AuthorityCause;
import dev.halo.registry.command.Command;
import dev.halo.registry.command.Commands;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.link.Entitlement;
import dev.halo.registry.link.Link;
import dev.halo.registry.link.Links;
import dev.halo.registry.outbox.Publication;
import dev.halo.registry.retirement.LeftWithout;
import dev.halo.registry.site.PmsKey;
import dev.halo.registry.site.Site;
import dev.halo.registry.tag.Precondition;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Takes PMS IDs from a Link that it may serve. Its sites of them wait again for an approval; what they were
 * authoritative for has no authoritative Link until an operator switches, as after a removal.
 */
@ApplicationScoped
public class Withdrawals {

    /** A developer licence has an id of its own, to which nobody need be entitled. */
    private static final String ANSWERING = """
            select a from Authority a join Site s on s.id = a.siteId
            where a.linkId = :link and a.pmsId in (:pmsIds) and s.licenceKind <> :developer
            """;

    private static final int NAMED = 20;

    private final Commands commands;
    private final Mutiny.SessionFactory sessions;
    private final Links links;
    private final Authorities authorities;

    public Withdrawals(Commands commands, Mutiny.SessionFactory sessions, Links links, Authorities authorities) {
        this.commands = commands;
        this.sessions = sessions;
        this.links = links;
        this.authorities = authorities;
    }

    /**
     * What would be left with no authoritative Link. Fails with 404 for an unknown Link or a PMS ID that it is not
     * entitled to, 409 where it was removed or may serve every PMS ID.
     */
    Uni<List<LeftWithout>> preview(UUID linkId, Set<String> pmsIds) {
        return sessions.withSession(session -> session.find(Link.class, linkId)
                .onItem()
                .ifNull()
                .failWith(() -> ApiException.notFound("There is no Link " + linkId + "."))
                .invoke(Withdrawals::mustHaveItsOwn)
                .chain(() -> links.entitlements(session, linkId))
                .invoke(entitled -> named(entitled, linkId, pmsIds))
                .chain(() -> session.createSelectionQuery(ANSWERING, Authority.class)
                        .setParameter("link", linkId)
                        .setParameter("pmsIds", pmsIds)
                        .setParameter("developer", LicenceKind.DEVELOPER)
                        .getResultList())
                .flatMap(held -> LeftWithout.of(
                        session, linkId, held.stream().map(Authority::pmsKey).toList())));
    }

    /** Withdraws all of them or, failing as {@link #preview} does, none. */
    Uni<List<LeftWithout>> withdraw(
            Actor operator, UUID linkId, Set<String> pmsIds, String reason, Precondition precondition) {
        return commands.execute("withdrawEntitlement", operator, command -> links.lockKnown(command, linkId)
                .invoke(link -> precondition.requires(link.version()))
                .invoke(Withdrawals::mustHaveItsOwn)
                .flatMap(link -> links.entitlements(command.session(), linkId)
                        .map(entitled -> named(entitled, linkId, pmsIds))
                        .call(lost -> command.session().removeAll(lost.toArray()))
                        .chain(() -> links.sites(command, linkId))
                        .flatMap(sites -> withdraw(command, link, sites, pmsIds, reason))));
    }

    private Uni<List<LeftWithout>> withdraw(
            Command command, Link link, List<Site> sites, Set<String> pmsIds, String reason) {
        List<Site> concerned = sites.stream()
                .filter(site -> pmsIds.contains(site.pmsKey().pmsId()) && !site.isGone())
                .filter(site -> site.licenceKind() != LicenceKind.DEVELOPER)
                .toList();
        Set<UUID> ids = concerned.stream().map(Site::id).collect(Collectors.toSet());
        link.touch();
        pmsIds.forEach(pmsId -> command.audit(AuditEntry.of(
                AuditAction.LINK_ENTITLEMENT_WITHDRAWN, SubjectKind.LINK, link.id(), reason, Map.of("pmsId", pmsId))));
        return authorities
                .release(command, link.id(), held -> ids.contains(held.siteId()), AuthorityCause.WITHDRAWN, reason)
                .invoke(() -> concerned.stream()
                        .filter(site -> site.status() == SiteStatus.ACTIVE)
                        .forEach(site -> {
                            site.suspend();
                            command.publish(Publication.of(site.toRecord(link.status())));
                        }))
                .flatMap(left -> LeftWithout.of(command.session(), link.id(), left));
    }

    private static void mustHaveItsOwn(Link link) {
        if (link.status() == LinkStatus.REMOVED) {
            throw ApiException.conflict("The Link was removed.");
        }
        if (link.anyPmsId()) {
            throw ApiException.conflict("The Link was enrolled for every PMS ID; suspend or remove it instead.");
        }
    }

    private static List<Entitlement> named(List<Entitlement> entitled, UUID linkId, Set<String> pmsIds) {
        List<Entitlement> named = entitled.stream()
                .filter(entitlement -> entitlement.pmsKey().pmsType() == PmsType.ZEDMED
                        && pmsIds.contains(entitlement.pmsKey().pmsId()))
                .toList();
        Set<String> found =
                named.stream().map(Entitlement::pmsKey).map(PmsKey::pmsId).collect(Collectors.toSet());
        String unknown = pmsIds.stream()
                .filter(pmsId -> !found.contains(pmsId))
                .sorted()
                .limit(NAMED)
                .collect(Collectors.joining(", "));
        if (!unknown.isEmpty()) {
            throw ApiException.notFound("Link " + linkId + " is not entitled to " + unknown + ".");
        }
        return named;
    }
}
