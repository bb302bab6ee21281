package dev.halo.registry.integrator;

import dev.halo.registry.error.ApiException;
import dev.halo.registry.integrator.IntegratorsResource.IntegratorView;
import dev.halo.registry.integrator.IntegratorsResource.KeyView;
import dev.halo.registry.paging.Filter;
import dev.halo.registry.paging.Page;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/** Shows integrators to operators. */
@ApplicationScoped
public class IntegratorViews {

    private final Mutiny.SessionFactory sessions;

    public IntegratorViews(Mutiny.SessionFactory sessions) {
        this.sessions = sessions;
    }

    /**
     * By name.
     *
     * @param name null: any; else this one, in any case
     * @param search null: any; else a part of the name
     */
    Uni<Page<IntegratorView>> list(String name, String search, Boolean active, int offset, int limit) {
        Filter filter = new Filter()
                .and("lower(i.name) = lower(:name)", "name", name)
                .and("locate(lower(:search), lower(i.name)) > 0", "search", search)
                .and("i.active = :active", "active", active);
        return sessions.withSession(session -> filter.bind(session.createSelectionQuery(
                        "from Integrator i" + filter.where() + "order by lower(i.name)", Integrator.class))
                .setFirstResult(offset)
                .setMaxResults(limit + 1)
                .getResultList()
                .map(found -> Page.of(found, offset, limit))
                .flatMap(page -> keys(session, page.items())
                        .map(keys -> page.map(one -> view(one, keys.getOrDefault(one.id(), List.of()))))));
    }

    Uni<IntegratorView> get(UUID integratorId) {
        return sessions.withSession(session -> session.find(Integrator.class, integratorId)
                .onItem()
                .ifNull()
                .failWith(() -> ApiException.notFound("There is no integrator " + integratorId + "."))
                .flatMap(one -> keys(session, List.of(one))
                        .map(keys -> view(one, keys.getOrDefault(integratorId, List.of())))));
    }

    private static Uni<Map<UUID, List<SubscriptionKey>>> keys(Mutiny.Session session, List<Integrator> of) {
        return session.createSelectionQuery(
                        "from SubscriptionKey where integratorId in :integrators and revokedAt is null order by slot",
                        SubscriptionKey.class)
                .setParameter("integrators", of.stream().map(Integrator::id).toList())
                .getResultList()
                .map(keys -> keys.stream().collect(Collectors.groupingBy(SubscriptionKey::integratorId)));
    }

    static IntegratorView view(Integrator integrator, List<SubscriptionKey> keys) {
        return new IntegratorView(
                integrator.id(),
                integrator.name(),
                integrator.isActive(),
                integrator.allowedAddresses(),
                integrator.tier(),
                keys.stream()
                        .filter(key -> !key.isRevoked())
                        .map(key -> new KeyView(key.slot(), key.issuedAt()))
                        .toList(),
                integrator.createdAt(),
                integrator.version());
    }
}
