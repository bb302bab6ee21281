package dev.halo.messaging;

import java.time.Instant;

/** Wall time as it was at the start, counted on by the monotonic clock, so that a step of the wall clock changes no age. */
final class MonotonicClock {

    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    Instant now() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }
}
