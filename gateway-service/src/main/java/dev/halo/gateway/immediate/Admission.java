package dev.halo.gateway.immediate;

import dev.halo.gateway.error.Refusal;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the immediates that wait, in all and per site: one practice that hangs must not take the gateway's room from the
 * others.
 */
final class Admission {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final int max;
    private final int maxPerSite;
    private final int maxParked;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger parked = new AtomicInteger();
    private final Map<UUID, Integer> perSite = new ConcurrentHashMap<>();

    Admission(int max, int maxPerSite, int maxParked) {
        this.max = max;
        this.maxPerSite = maxPerSite;
        this.maxParked = maxParked;
    }

    /** @throws Refusal 503 when there is no room */
    void enter(UUID siteId) {
        if (pending.incrementAndGet() > max) {
            pending.decrementAndGet();
            throw Refusal.unavailable("Too many queries are waiting here; this one was not attempted.", RETRY_AFTER);
        }
        if (perSite.merge(siteId, 1, Integer::sum) > maxPerSite) {
            leave(siteId);
            throw Refusal.unavailable(
                    "Too many queries are waiting for this site; this one was not attempted.", RETRY_AFTER);
        }
    }

    void leave(UUID siteId) {
        perSite.computeIfPresent(siteId, (site, count) -> count == 1 ? null : count - 1);
        pending.decrementAndGet();
    }

    boolean park() {
        if (parked.incrementAndGet() > maxParked) {
            parked.decrementAndGet();
            return false;
        }
        return true;
    }

    void unpark() {
        parked.decrementAndGet();
    }

    int pending() {
        return pending.get();
    }

    int parked() {
        return parked.get();
    }
}
