package dev.halo.registry.link;

import dev.halo.protocol.site.LinkStatus;
import dev.halo.registry.access.Actor;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.command.Commands;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.link.LinksResource.LinkView;
import dev.halo.registry.paging.Filter;
import dev.halo.registry.paging.Page;
import dev.halo.registry.tag.Precondition;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/** What operators see of Links and do with them. */
@ApplicationScoped
public class LinkAdministration {

    private static final String SEARCH = """
            str(l.id) = lower(:search) or locate(lower(:search), lower(l.hostName)) > 0
            or exists (select 1 from Site s where s.linkId = l.id
                and (s.pmsId = :search or str(s.id) = lower(:search)))
            """;

    private final Commands commands;
    private final Mutiny.SessionFactory sessions;
    private final Links links;

    public LinkAdministration(Commands commands, Mutiny.SessionFactory sessions, Links links) {
        this.commands = commands;
        this.sessions = sessions;
        this.links = links;
    }

    /**
     * The newest first.
     *
     * @param status null: of any
     * @param search null: all; else a Link GUID, a Halo GUID or PMS ID of one of its sites, or a part of its host's name
     */
    Uni<Page<LinkView>> list(LinkStatus status, String search, int offset, int limit) {
        Filter filter = new Filter().and("l.status = :status", "status", status).and(SEARCH, "search", search);
        return sessions.withSession(session -> filter.bind(session.createSelectionQuery(
                        "from Link l" + filter.where() + "order by l.enrolledAt desc, l.id", Link.class))
                .setFirstResult(offset)
                .setMaxResults(limit + 1)
                .getResultList()
                .map(found -> Page.of(found, offset, limit))
                .flatMap(page -> entitlements(session, page.items())
                        .map(entitled -> page.map(link -> view(link, entitled.getOrDefault(link.id(), List.of()))))));
    }

    /** Fails with 404. */
    public Uni<LinkView> get(UUID linkId) {
        return sessions.withSession(session -> session.find(Link.class, linkId)
                .onItem()
                .ifNull()
                .failWith(() -> ApiException.notFound("There is no Link " + linkId + "."))
                .flatMap(link -> view(session, link)));
    }

    /** A no-op where the Link is so already; fails with 409 where it was removed. */
    Uni<LinkView> changeStatus(Actor operator, UUID linkId, LinkStatus to, String reason, Precondition precondition) {
        AuditAction action = to == LinkStatus.ACTIVE ? AuditAction.LINK_REACTIVATED : AuditAction.LINK_SUSPENDED;
        return commands.execute("changeLinkStatus", operator, command -> links.lockKnown(command, linkId)
                .invoke(link -> precondition.requires(link.version()))
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
                link.announcedAt(),
                link.version());
    }
}
