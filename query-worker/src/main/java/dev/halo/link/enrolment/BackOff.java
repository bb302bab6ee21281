package dev.halo.link.enrolment;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Full-jitter exponential back-off: a random pause up to a bound that doubles with each failure. Not thread-safe. */
public final class BackOff {

    private static final int MAX_DOUBLINGS = 20;

    private final long firstMillis;
    private final long maxMillis;
    private int failures;

    public BackOff(Duration first, Duration max) {
        this.firstMillis = Math.max(1, first.toMillis());
        this.maxMillis = Math.max(firstMillis, max.toMillis());
    }

    /** The pause after one more failure. */
    public Duration next() {
        Duration bound = bound();
        failures = Math.min(MAX_DOUBLINGS, failures + 1);
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(bound.toMillis()) + 1);
    }

    /** What the next pause cannot exceed. */
    Duration bound() {
        return Duration.ofMillis(Math.min(maxMillis, firstMillis << failures));
    }

    /** It works again. */
    public void reset() {
        failures = 0;
    }
}
