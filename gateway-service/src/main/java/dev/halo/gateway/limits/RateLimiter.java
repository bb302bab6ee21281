package dev.halo.gateway.limits;

import dev.halo.gateway.limits.Tier.Rate;
import dev.halo.gateway.view.PmsKey;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Bounds the requests of an integrator, and of these the ones that concern one practice. Several gateways share a rate: each
 * takes the same part of it, so that their sum holds as long as the load is spread over them, and nobody has to be asked.
 *
 * <p>Each rate is one number, the time until which its requests are accounted for. A request moves it on by its share of a
 * second, and is refused when it lies further in the future than the burst allows.
 */
final class RateLimiter {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /**
     * What became of a request.
     *
     * @param limit requests that this gateway lets through at once after a pause: its share of the burst of the rate that
     *     is nearest to its end
     * @param remaining requests that it would let through at once now
     * @param reset until all of the burst is there again
     * @param retryAfter until the next request is let through; null where this one was
     */
    record Verdict(long limit, long remaining, Duration reset, Duration retryAfter) {
        boolean isAdmitted() {
            return retryAfter == null;
        }
    }

    private record Pair(UUID integratorId, PmsKey practice) {}

    private static final class Account {
        private final AtomicLong until;

        private Account(long now) {
            this.until = new AtomicLong(now);
        }
    }

    private final int maxTracked;
    private final LongSupplier nanos;
    private final Map<Object, Account> accounts = new ConcurrentHashMap<>();

    /**
     * @param maxTracked rates that are counted at the same time; beyond it new ones of practices are not
     * @param nanos a monotonic clock
     */
    RateLimiter(int maxTracked, LongSupplier nanos) {
        this.maxTracked = maxTracked;
        this.nanos = nanos;
    }

    /**
     * Counts a request, unless it is one too many.
     *
     * @param practice null where it concerns none
     * @param gateways that share the rates, at least 1
     */
    Verdict admit(UUID integratorId, PmsKey practice, Tier tier, int gateways) {
        long now = nanos.getAsLong();
        Account ofPractice = practice == null ? null : track(new Pair(integratorId, practice), now);
        Verdict first = ofPractice == null ? null : take(ofPractice, tier.perPractice(), gateways, now);
        if (first != null && !first.isAdmitted()) {
            return first;
        }
        Account all = accounts.computeIfAbsent(integratorId, id -> new Account(now));
        Verdict second = take(all, tier.perIntegrator(), gateways, now);
        if (first == null) {
            return second;
        }
        if (!second.isAdmitted()) {
            ofPractice.until.addAndGet(-share(tier.perPractice(), gateways));
            return second;
        }
        return first.remaining() < second.remaining() ? first : second;
    }

    /** Forgets whoever has been quiet for long enough that it makes no difference. */
    void forget() {
        long now = nanos.getAsLong();
        accounts.values().removeIf(account -> account.until.get() - now <= 0);
    }

    int tracked() {
        return accounts.size();
    }

    private Account track(Pair pair, long now) {
        Account known = accounts.get(pair);
        if (known != null || accounts.size() >= maxTracked) {
            return known;
        }
        return accounts.computeIfAbsent(pair, unused -> new Account(now));
    }

    private static Verdict take(Account account, Rate rate, int gateways, long now) {
        long share = share(rate, gateways);
        long tolerance = Math.max(share, (long) ((double) SECOND * rate.burst() / rate.perSecond()));
        while (true) {
            long until = account.until.get();
            long from = until - now < 0 ? now : until;
            long ahead = from + share - now;
            if (ahead > tolerance) {
                return verdict(share, tolerance, from - now, Duration.ofNanos(ahead - tolerance));
            }
            if (account.until.compareAndSet(until, from + share)) {
                return verdict(share, tolerance, ahead, null);
            }
        }
    }

    private static Verdict verdict(long share, long tolerance, long ahead, Duration retryAfter) {
        long remaining = retryAfter == null ? (tolerance - ahead) / share : 0;
        return new Verdict(tolerance / share, remaining, Duration.ofNanos(ahead), retryAfter);
    }

    /** What one request takes of this gateway's time. */
    private static long share(Rate rate, int gateways) {
        return Math.max(1, SECOND * gateways / rate.perSecond());
    }
}
