package dev.halo.gateway.auth;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Counts failed attempts to authenticate per address and minute, for a bounded number of addresses. Of IPv6 the network counts
 * (/64): whoever has one has all of its addresses.
 */
public final class FailureThrottle {

    private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();

    private static final int IPV6 = 16;
    private static final int IPV6_NETWORK = 8;

    private static final class Window {
        private final long startedAt;
        private int failures;

        private Window(long startedAt) {
            this.startedAt = startedAt;
        }
    }

    private final int limit;
    private final LongSupplier nanos;
    private final Map<ByteBuffer, Window> windows;

    /**
     * @param limit failures of one address within a minute
     * @param maxAddresses that are remembered; the ones not seen for longest go first
     * @param nanos a monotonic clock
     */
    public FailureThrottle(int limit, int maxAddresses, LongSupplier nanos) {
        this.limit = limit;
        this.nanos = nanos;
        this.windows = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Window> eldest) {
                return size() > maxAddresses;
            }
        };
    }

    /** How long the address must wait before its next failure is listened to; empty if it need not. */
    public synchronized Optional<Duration> blockedFor(byte[] address) {
        Window window = windows.get(source(address));
        if (window == null || window.failures < limit) {
            return Optional.empty();
        }
        long left = window.startedAt + WINDOW_NANOS - nanos.getAsLong();
        return left > 0 ? Optional.of(Duration.ofNanos(left)) : Optional.empty();
    }

    /** Counts a failure. */
    public synchronized void failed(byte[] address) {
        long now = nanos.getAsLong();
        Window window = windows.get(source(address));
        if (window == null || now - window.startedAt >= WINDOW_NANOS) {
            window = new Window(now);
            windows.put(source(address), window);
        }
        window.failures++;
    }

    private static ByteBuffer source(byte[] address) {
        return ByteBuffer.wrap(Arrays.copyOf(address, address.length == IPV6 ? IPV6_NETWORK : address.length));
    }
}
