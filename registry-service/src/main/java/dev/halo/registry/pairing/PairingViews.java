package dev.halo.registry.pairing;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.paging.Filter;
import dev.halo.registry.paging.Page;
import dev.halo.registry.tag.Versioned;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** Shows pairings to operators. */
@ApplicationScoped
public class PairingViews {

    /**
     * @param active false where it was removed
     * @param enabled whether the practice has enabled the integrator
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PairingView(
            UUID integratorId,
            String integratorName,
            UUID siteId,
            String pmsId,
            String practiceName,
            boolean active,
            boolean enabled,
            Instant createdAt,
            long version)
            implements Versioned {}

    private static final String SELECT = """
            select p, i.name, s.pmsId, s.practiceName, case when e.active = true then true else false end
            from Pairing p join Integrator i on i.id = p.integratorId join Site s on s.id = p.siteId
            left join Enablement e on e.siteId = p.siteId and e.integratorId = p.integratorId
            """;

    private final Mutiny.SessionFactory sessions;

    public PairingViews(Mutiny.SessionFactory sessions) {
        this.sessions = sessions;
    }

    /** The newest first; null where it does not matter. */
    Uni<Page<PairingView>> list(UUID integratorId, UUID siteId, String pmsId, Boolean active, int offset, int limit) {
        Filter filter = new Filter()
                .and("p.integratorId = :integratorId", "integratorId", integratorId)
                .and("p.siteId = :siteId", "siteId", siteId)
                .and("s.pmsId = :pmsId", "pmsId", pmsId)
                .and("p.active = :active", "active", active);
        return sessions.withSession(session -> filter.bind(session.createSelectionQuery(
                        SELECT + filter.where() + "order by p.createdAt desc, p.integratorId, p.siteId",
                        Object[].class))
                .setFirstResult(offset)
                .setMaxResults(limit + 1)
                .getResultList()
                .map(rows -> Page.of(rows, offset, limit).map(PairingViews::view)));
    }

    /** Fails with 404. */
    Uni<PairingView> get(UUID integratorId, UUID siteId) {
        return list(integratorId, siteId, null, null, 0, 1).map(page -> page.items().stream()
                .findFirst()
                .orElseThrow(() -> ApiException.notFound(
                        "Integrator " + integratorId + " was never paired with site " + siteId + ".")));
    }

    private static PairingView view(Object[] row) {
        Pairing pairing = (Pairing) row[0];
        return new PairingView(
                pairing.integratorId(),
                (String) row[1],
                pairing.siteId(),
                (String) row[2],
                (String) row[3],
                pairing.isActive(),
                (Boolean) row[4],
                pairing.createdAt(),
                pairing.version());
    }
}
