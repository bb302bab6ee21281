package dev.halo.gateway.view;

import dev.halo.protocol.site.SiteRecord;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The sites by Halo GUID and by PMS ID. One thread changes it, any thread reads it. */
public final class SiteIndex {

    private final Map<UUID, SiteRecord> byId = new ConcurrentHashMap<>();
    private final Map<PmsKey, Set<UUID>> byPms = new ConcurrentHashMap<>();

    /** Takes over what the view says of a key now. */
    public void changed(String key, Optional<SiteRecord> now) {
        UUID siteId = UUID.fromString(key);
        SiteRecord before = now.isPresent() ? byId.put(siteId, now.get()) : byId.remove(siteId);
        PmsKey pms = now.map(SiteIndex::pms).orElse(null);
        if (pms != null) {
            byPms.computeIfAbsent(pms, unused -> ConcurrentHashMap.newKeySet()).add(siteId);
        }
        if (before != null && !pms(before).equals(pms)) {
            byPms.computeIfPresent(pms(before), (unused, ids) -> {
                ids.remove(siteId);
                return ids.isEmpty() ? null : ids;
            });
        }
    }

    /** A site that integrators may see. */
    public Optional<SiteRecord> visible(UUID siteId) {
        return Optional.ofNullable(byId.get(siteId)).filter(SiteRecord::isVisible);
    }

    /** All sites of a PMS ID that integrators may see, in no order. */
    public List<SiteRecord> visible(PmsKey pms) {
        return byPms.getOrDefault(pms, Set.of()).stream()
                .map(byId::get)
                .filter(Objects::nonNull)
                .filter(SiteRecord::isVisible)
                .toList();
    }

    private static PmsKey pms(SiteRecord site) {
        return new PmsKey(site.pmsType(), site.pmsId());
    }
}
