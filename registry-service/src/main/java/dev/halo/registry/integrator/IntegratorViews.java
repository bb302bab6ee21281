package dev.halo.registry.integrator;

import dev.halo.registry.error.ApiException;
import dev.halo.registry.integrator.IntegratorsResource.IntegratorView;
import dev.halo.registry.integrator.IntegratorsResource.KeyView;
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

    Uni<List<IntegratorView>> list(String name, int offset, int limit) {
        String query = name == null
                ? "from Integrator order by lower(name)"
                : "from Integrator where lower(name) = lower(:name) order by lower(name)";
        return sessions.withSession(session -> {
            var select = session.createSelectionQuery(query, Integrator.class);
            if (name != null) {
                select.setParameter("name", name);
            }
            return select.setFirstResult(offset)
                    .setMaxResults(limit)
                    .getResultList()
                    .flatMap(found -> keys(session, found).map(keys -> found.stream()
                            .map(one -> view(one, keys.getOrDefault(one.id(), List.of())))
                            .toList()));
        });
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
