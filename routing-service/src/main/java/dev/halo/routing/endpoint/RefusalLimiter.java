package dev.halo.routing.endpoint;

import java.util.LinkedHashMap;
import java.util.Map;

/** Counts refusals per address in windows of fixed length; remembers a bounded number of addresses. Thread-safe. */
final class RefusalLimiter {

    private static final class Window {
        private final long startNanos;
        private int refusals;

        private Window(long startNanos) {
            this.startNanos = startNanos;
        }
    }

    private final int limit;
    private final long windowNanos;
    private final Map<String, Window> windows;

    /**
     * @param limit refusals in a window that are answered in full
     * @param maxAddresses the one least recently refused is forgotten beyond it
     */
    RefusalLimiter(int limit, long windowNanos, int maxAddresses) {
        this.limit = limit;
        this.windowNanos = windowNanos;
        this.windows = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
                return size() > maxAddresses;
            }
        };
    }

    /**
     * Counts a refusal.
     *
     * @return 0 while it may be answered in full, else the seconds until the window is over
     */
    synchronized long refused(String address, long nowNanos) {
        Window window = windows.get(address);
        if (window == null || nowNanos - window.startNanos >= windowNanos) {
            window = new Window(nowNanos);
            windows.put(address, window);
        }
        window.refusals++;
        if (window.refusals <= limit) {
            return 0;
        }
        long left = windowNanos - (nowNanos - window.startNanos);
        return Math.max(1, left / 1_000_000_000L);
    }
}
