package dev.halo.registry.retirement;

import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.registry.site.PmsKey;
import dev.halo.registry.site.Site;
import io.smallrye.mutiny.Uni;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * A PMS ID that is left with no authoritative Link.
 *
 * @param candidates the other Links that serve it, to which an operator can switch
 */
public record LeftWithout(PmsType pmsType, String pmsId, List<UUID> candidates) {

    /** @param leftWithout the PMS IDs that have no authoritative Link by a change, until an operator switches */
    public record Consequences(List<LeftWithout> leftWithout) {}

    private static final String CANDIDATES = """
            select s from Site s join Link l on l.id = s.linkId
            where s.pmsId in (:pmsIds) and s.linkId <> :link and s.status = :active and s.announced = true
                and l.status = :trusted
            order by s.createdAt desc, s.id
            """;

    /**
     * Tells of PMS IDs who else serves them.
     *
     * @param linkId that is not a candidate itself
     */
    public static Uni<List<LeftWithout>> of(Mutiny.Session session, UUID linkId, Collection<PmsKey> pmsKeys) {
        if (pmsKeys.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return session.createSelectionQuery(CANDIDATES, Site.class)
                .setParameter("pmsIds", pmsKeys.stream().map(PmsKey::pmsId).toList())
                .setParameter("link", linkId)
                .setParameter("active", SiteStatus.ACTIVE)
                .setParameter("trusted", LinkStatus.ACTIVE)
                .getResultList()
                .map(sites -> {
                    Map<PmsKey, List<UUID>> byKey = sites.stream()
                            .collect(Collectors.groupingBy(
                                    Site::pmsKey, Collectors.mapping(Site::linkId, Collectors.toList())));
                    return new TreeSet<>(pmsKeys)
                            .stream()
                                    .map(key -> new LeftWithout(
                                            key.pmsType(), key.pmsId(), byKey.getOrDefault(key, List.of())))
                                    .toList();
                });
    }
}
