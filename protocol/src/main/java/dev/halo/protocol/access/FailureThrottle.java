package dev.halo.protocol.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Counts failed attempts to authenticate per address and window, for a bounded number of addresses. Of IPv6 the network counts
 * (/64): whoever has one has all of its addresses. Who shows a valid credential is never asked about: many may share an
 * address.
 */
public final class FailureThrottle {

    private static final Pattern LITERAL = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|.*:.*");
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
    private final long windowNanos;
    private final LongSupplier nanos;
    private final Map<ByteBuffer, Window> windows;

    /**
     * @param limit failures of one address within a window
     * @param window how long it lasts, from the first failure on
     * @param maxAddresses that are remembered; the ones not seen for longest go first
     * @param nanos a monotonic clock
     */
    public FailureThrottle(int limit, Duration window, int maxAddresses, LongSupplier nanos) {
        this.limit = limit;
        this.windowNanos = window.toNanos();
        this.nanos = nanos;
        this.windows = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Window> eldest) {
                return size() > maxAddresses;
            }
        };
    }

    /**
     * The bytes of an address as a connection tells it; never asks a name server. What is not an address counts as one of its
     * own.
     *
     * @param literal IPv4, or IPv6 with or without a zone; null where the connection cannot tell
     */
    public static byte[] addressOf(String literal) {
        String text = literal == null ? "" : literal;
        int zone = text.indexOf('%');
        String bare = zone < 0 ? text : text.substring(0, zone);
        if (LITERAL.matcher(bare).matches()) {
            try {
                return InetAddress.getByName(bare).getAddress();
            } catch (UnknownHostException e) {
                // It only looked like one.
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** How long the address must wait before its next failure is listened to; empty if it need not. */
    public synchronized Optional<Duration> blockedFor(byte[] address) {
        Window window = windows.get(source(address));
        if (window == null || window.failures < limit) {
            return Optional.empty();
        }
        long left = window.startedAt + windowNanos - nanos.getAsLong();
        return left > 0 ? Optional.of(Duration.ofNanos(left)) : Optional.empty();
    }

    /** Counts a failure. */
    public synchronized void failed(byte[] address) {
        long now = nanos.getAsLong();
        Window window = windows.get(source(address));
        if (window == null || now - window.startedAt >= windowNanos) {
            window = new Window(now);
            windows.put(source(address), window);
        }
        window.failures++;
    }

    private static ByteBuffer source(byte[] address) {
        return ByteBuffer.wrap(Arrays.copyOf(address, address.length == IPV6 ? IPV6_NETWORK : address.length));
    }
}
