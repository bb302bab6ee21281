package dev.halo.registry.link;

import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.PmsType;
import dev.halo.registry.access.Actor;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.audit.AuditEntry.SubjectKind;
import dev.halo.registry.command.Command;
import dev.halo.registry.command.Commands;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.link.LinksResource.LinkView;
import dev.halo.registry.site.PmsKey;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/** What operators see of Links and do with them. */
@ApplicationScoped
public class LinkAdministration {

    private final Commands commands;
    private final Mutiny.SessionFactory sessions;
    private final Links links;

    public LinkAdministration(Commands commands, Mutiny.SessionFactory sessions, Links links) {
        this.commands = commands;
        this.sessions = sessions;
        this.links = links;
    }

    Uni<List<LinkView>> list(int offset, int limit) {
        return sessions.withSession(
                session -> session.createSelectionQuery("from Link order by enrolledAt desc, id", Link.class)
                        .setFirstResult(offset)
                        .setMaxResults(limit)
                        .getResultList()
                        .flatMap(found -> entitlements(session, found).map(entitled -> found.stream()
                                .map(link -> view(link, entitled.getOrDefault(link.id(), List.of())))
                                .toList())));
    }

    Uni<LinkView> get(UUID linkId) {
        return sessions.withSession(session -> session.find(Link.class, linkId)
                .onItem()
                .ifNull()
                .failWith(() -> ApiException.notFound("There is no Link " + linkId + "."))
                .flatMap(link -> view(session, link)));
    }

    /** A no-op where the Link is so already; fails with 409 where it was removed. */
    Uni<LinkView> changeStatus(Actor operator, UUID linkId, LinkStatus to, String reason) {
        AuditAction action = to == LinkStatus.ACTIVE ? AuditAction.LINK_REACTIVATED : AuditAction.LINK_SUSPENDED;
        return commands.execute("changeLinkStatus", operator, command -> links.lockKnown(command, linkId)
                .call(link -> {
                    if (link.status() == LinkStatus.REMOVED) {
                        throw ApiException.conflict("The Link was removed.");
                    }
                    return link.status() == to
                            ? Uni.createFrom().voidItem()
                            : links.changeStatus(command, link, to, action, reason);
                })
                .flatMap(link -> view(command.session(), link)));
    }

    Uni<LinkView> entitle(Actor operator, UUID linkId, List<String> pmsIds, String reason) {
        return commands.execute("entitleLink", operator, command -> links.lockKnown(command, linkId)
                .call(link -> links.entitlements(command, linkId)
                        .flatMap(existing -> entitle(command, linkId, pmsIds, existing, reason)))
                .call(() -> command.session().flush())
                .flatMap(link -> view(command.session(), link)));
    }

    private static Uni<Void> entitle(
            Command command, UUID linkId, List<String> pmsIds, Set<PmsKey> existing, String reason) {
        List<PmsKey> added = pmsIds.stream()
                .map(pmsId -> new PmsKey(PmsType.ZEDMED, pmsId))
                .distinct()
                .filter(pmsKey -> !existing.contains(pmsKey))
                .toList();
        added.forEach(pmsKey -> command.audit(AuditEntry.of(
                AuditAction.LINK_ENTITLED, SubjectKind.LINK, linkId, reason, Map.of("pmsId", pmsKey.pmsId()))));
        return command.session()
                .persistAll(added.stream()
                        .map(pmsKey ->
                                new Entitlement(linkId, pmsKey, command.actor().name(), command.at()))
                        .toArray());
    }

    private static Uni<LinkView> view(Mutiny.Session session, Link link) {
        return entitlements(session, List.of(link))
                .map(entitled -> view(link, entitled.getOrDefault(link.id(), List.of())));
    }

    private static Uni<Map<UUID, List<String>>> entitlements(Mutiny.Session session, List<Link> of) {
        return session.createSelectionQuery("from Entitlement where linkId in :links order by pmsId", Entitlement.class)
                .setParameter("links", of.stream().map(Link::id).toList())
                .getResultList()
                .map(list -> list.stream()
                        .collect(Collectors.groupingBy(
                                Entitlement::linkId,
                                Collectors.mapping(
                                        entitlement -> entitlement.pmsKey().pmsId(), Collectors.toList()))));
    }

    private static LinkView view(Link link, List<String> pmsIds) {
        return new LinkView(
                link.id(),
                link.status(),
                link.statusReason(),
                link.anyPmsId(),
                pmsIds,
                link.hostName(),
                link.linkVersion(),
                link.enrolledAt(),
                link.tokenIssuedAt(),
                link.announcedAt());
    }
}
