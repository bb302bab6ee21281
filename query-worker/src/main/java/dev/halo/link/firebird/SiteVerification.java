package dev.halo.link.firebird;

import dev.halo.protocol.query.QueryFailure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Asks the {@link SiteGuard} no more often than needed: a success counts for a while, a refusal never does. */
final class SiteVerification {

    /** Held while a site is verified, so that queries that start together ask once. */
    private static final class Site {
        private boolean verified;
        private long verifiedNanos;
    }

    private final SiteGuard guard;
    private final Duration validity;
    /** Grows with the sites that the Link serves, which its INI bounds. */
    private final Map<UUID, Site> sites = new ConcurrentHashMap<>();

    SiteVerification(SiteGuard guard, Duration validity) {
        this.guard = guard;
        this.validity = validity;
    }

    /** @throws AccessRefused if the site is not, or cannot be told to be, what it was announced as */
    void verify(UUID siteId) throws AccessRefused {
        Site site = sites.computeIfAbsent(siteId, id -> new Site());
        synchronized (site) {
            if (site.verified && System.nanoTime() - site.verifiedNanos < validity.toNanos()) {
                return;
            }
            site.verified = false;
            Optional<QueryFailure> refusal = guard.verify(siteId);
            if (refusal.isPresent()) {
                throw new AccessRefused(refusal.get());
            }
            site.verifiedNanos = System.nanoTime();
            site.verified = true;
        }
    }

    void forget(UUID siteId) {
        sites.remove(siteId);
    }
}
