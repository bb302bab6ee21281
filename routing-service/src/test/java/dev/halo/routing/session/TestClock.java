package dev.halo.routing.session;

import java.time.Duration;
import java.time.Instant;

/** Time that passes when the test says so. */
public final class TestClock implements SessionClock {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    private long nanos = 1_000_000_000L;

    public void advance(Duration duration) {
        nanos += duration.toNanos();
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant now() {
        return START.plusNanos(nanos);
    }
}
