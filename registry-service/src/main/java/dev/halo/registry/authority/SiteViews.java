package dev.halo.registry.authority;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.paging.Filter;
import dev.halo.registry.paging.Page;
import dev.halo.registry.site.Site;
import dev.halo.registry.tag.Versioned;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** Shows sites to operators. */
@ApplicationScoped
public class SiteViews {

    /**
     * @param site as it is published
     * @param announced whether the Link's last announcement had it
     * @param authoritative whether integrators may query it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SiteView(@JsonUnwrapped SiteRecord site, boolean announced, boolean authoritative)
            implements Versioned {
        @Override
        public long version() {
            return site.version();
        }
    }

    /**
     * What sites are looked for; null where it does not matter.
     *
     * @param practiceName a part of it, in any case
     * @param search a PMS ID, a Halo GUID, a Link GUID or a part of a practice's name
     */
    public record Wanted(
            String pmsId, UUID linkId, String practiceName, SiteStatus status, Boolean authoritative, String search) {}

    private static final String SELECT = """
            select s, l.status, case when a.siteId = s.id then true else false end
            from Site s join Link l on l.id = s.linkId
            left join Authority a on a.pmsType = s.pmsType and a.pmsId = s.pmsId
            """;

    private final Mutiny.SessionFactory sessions;

    public SiteViews(Mutiny.SessionFactory sessions) {
        this.sessions = sessions;
    }

    /** The newest first. */
    Uni<Page<SiteView>> list(Wanted wanted, int offset, int limit) {
        Filter filter = new Filter()
                .and("s.pmsId = :pmsId", "pmsId", wanted.pmsId())
                .and("s.linkId = :linkId", "linkId", wanted.linkId())
                .and("locate(lower(:name), lower(s.practiceName)) > 0", "name", wanted.practiceName())
                .and("s.status = :status", "status", wanted.status())
                .and(
                        "(case when a.siteId = s.id then true else false end) = :authoritative",
                        "authoritative",
                        wanted.authoritative());
        UUID guid = guid(wanted.search());
        if (guid != null) {
            filter.and("s.id = :guid or s.linkId = :guid", "guid", guid);
        } else {
            filter.and(
                    "s.pmsId = :search or locate(lower(:search), lower(s.practiceName)) > 0",
                    "search",
                    wanted.search());
        }
        return sessions.withSession(session -> filter.bind(session.createSelectionQuery(
                        SELECT + filter.where() + "order by s.createdAt desc, s.id", Object[].class))
                .setFirstResult(offset)
                .setMaxResults(limit + 1)
                .getResultList()
                .map(rows -> Page.of(rows, offset, limit).map(SiteViews::view)));
    }

    /** Fails with 404. */
    public Uni<SiteView> get(UUID siteId) {
        return sessions.withSession(
                session -> session.createSelectionQuery(SELECT + "where s.id = :siteId", Object[].class)
                        .setParameter("siteId", siteId)
                        .getSingleResultOrNull()
                        .onItem()
                        .ifNull()
                        .failWith(() -> ApiException.notFound("There is no site " + siteId + "."))
                        .map(SiteViews::view));
    }

    private static SiteView view(Object[] row) {
        Site site = (Site) row[0];
        return new SiteView(site.toRecord((LinkStatus) row[1]), site.isAnnounced(), (Boolean) row[2]);
    }

    private static UUID guid(String text) {
        if (text == null || text.length() != 36) {
            return null;
        }
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
