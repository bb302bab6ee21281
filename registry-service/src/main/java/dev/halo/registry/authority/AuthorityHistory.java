package dev.halo.registry.authority;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.PmsType;
import dev.halo.registry.authority.AuthorityResource.HistoryList;
import dev.halo.registry.paging.Filter;
import dev.halo.registry.paging.Page;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** Authority as it is, and every change of it: who lost it, who got it, when, by whom, why. */
@ApplicationScoped
public class AuthorityHistory {

    /** @param version of the authority since that change */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ChangeView(
            long position,
            Instant at,
            String actorKind,
            String actor,
            AuthorityCause cause,
            String reason,
            UUID switchId,
            PmsType pmsType,
            String pmsId,
            UUID fromLinkId,
            UUID fromSiteId,
            UUID toLinkId,
            UUID toSiteId,
            long version) {}

    private final Mutiny.SessionFactory sessions;

    public AuthorityHistory(Mutiny.SessionFactory sessions) {
        this.sessions = sessions;
    }

    /**
     * As it is now, by PMS ID; null where it does not matter.
     *
     * @param vacant whether no Link has it
     */
    Uni<Page<AuthorityRecord>> now(String pmsId, UUID linkId, Boolean vacant, int offset, int limit) {
        Filter filter = new Filter()
                .and("a.pmsId = :pmsId", "pmsId", pmsId)
                .and("a.linkId = :link", "link", linkId)
                .and("(case when a.linkId is null then true else false end) = :vacant", "vacant", vacant);
        return sessions.withSession(session -> filter.bind(session.createSelectionQuery(
                        "from Authority a" + filter.where() + "order by a.pmsType, a.pmsId", Authority.class))
                .setFirstResult(offset)
                .setMaxResults(limit + 1)
                .getResultList()
                .map(found -> Page.of(found, offset, limit).map(Authority::toRecord)));
    }

    /** @param before the position of a change; those that came earlier are given */
    Uni<HistoryList> list(String pmsId, UUID linkId, long before, int limit) {
        Filter filter = new Filter()
                .and("c.position < :before", "before", before)
                .and("c.pmsId = :pmsId", "pmsId", pmsId)
                .and("c.fromLinkId = :link or c.toLinkId = :link", "link", linkId);
        return sessions.withSession(session -> filter.bind(session.createSelectionQuery(
                        "from AuthorityChange c" + filter.where() + "order by c.position desc", AuthorityChange.class))
                .setMaxResults(limit)
                .getResultList()
                .map(found -> new HistoryList(
                        found.stream().map(AuthorityHistory::view).toList(), next(found, limit))));
    }

    private static Long next(List<AuthorityChange> found, int limit) {
        return found.size() < limit
                ? null
                : Long.valueOf(found.get(found.size() - 1).position());
    }

    private static ChangeView view(AuthorityChange change) {
        return new ChangeView(
                change.position(),
                change.at(),
                change.actorKind(),
                change.actor(),
                change.cause(),
                change.reason(),
                change.switchId(),
                change.pmsKey().pmsType(),
                change.pmsKey().pmsId(),
                change.fromLinkId(),
                change.fromSiteId(),
                change.toLinkId(),
                change.toSiteId(),
                change.version());
    }
}
