package dev.halo.registry.error;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Counts refused calls by address over a window, for a bounded number of addresses. */
final class RefusalCounter {

    private static final class Count {
        private final long since;
        private int refused;

        private Count(long since) {
            this.since = since;
        }
    }

    private final int limit;
    private final long windowNanos;
    private final LongSupplier nanos;
    private final Map<String, Count> counts;

    /**
     * @param limit refused calls in a window after which an address must wait
     * @param addresses that are remembered; the one that was quiet longest goes first
     * @param nanos a monotonic clock
     */
    RefusalCounter(int limit, Duration window, int addresses, LongSupplier nanos) {
        this.limit = limit;
        this.windowNanos = window.toNanos();
        this.nanos = nanos;
        this.counts = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
                return size() > addresses;
            }
        };
    }

    /** How long the address must wait; empty when it need not. */
    synchronized Optional<Duration> wait(String address) {
        Count count = counts.get(address);
        if (count == null) {
            return Optional.empty();
        }
        long left = count.since + windowNanos - nanos.getAsLong();
        if (left <= 0) {
            counts.remove(address);
            return Optional.empty();
        }
        return count.refused < limit ? Optional.empty() : Optional.of(Duration.ofNanos(left));
    }

    synchronized void refused(String address) {
        long now = nanos.getAsLong();
        Count count = counts.get(address);
        if (count == null || count.since + windowNanos - now <= 0) {
            count = new Count(now);
            counts.put(address, count);
        }
        count.refused++;
    }
}
