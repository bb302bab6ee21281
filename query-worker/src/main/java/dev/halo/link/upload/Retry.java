package dev.halo.link.upload;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;

/** When a result that could not be uploaded is tried again, and for how long at all. Guarded by its owner. */
final class Retry {

    private final long first;
    private final long longest;
    private final long giveUpAfter;
    private final LongUnaryOperator jitter;
    private int failures;
    private long failingSince;
    private long notBefore;

    /** @param jitter gives a pause of at most the one given, both in nanoseconds */
    Retry(UploadConfig config, LongUnaryOperator jitter) {
        this.first =
                Math.max(TimeUnit.MILLISECONDS.toNanos(1), config.minBackOff().toNanos());
        this.longest = Math.max(first, config.maxBackOff().toNanos());
        this.giveUpAfter = config.retryFor().toNanos();
        this.jitter = jitter;
    }

    /** A page was taken. */
    void worked() {
        failures = 0;
    }

    /**
     * A page was not taken.
     *
     * @param asked by the gateway, as the shortest pause
     * @return false where it has failed for so long that it is given up
     */
    boolean failed(long now, Duration asked) {
        if (failures == 0) {
            failingSince = now;
        }
        // Pages that were sent together fail together: that counts once.
        if (failures == 0 || now - notBefore >= 0) {
            long pause = Math.min(longest, first << Math.min(failures, 20));
            notBefore = now + jitter.applyAsLong(pause < 0 ? longest : pause);
            failures++;
        }
        if (asked.toNanos() > notBefore - now) {
            notBefore = now + asked.toNanos();
        }
        return now - failingSince < giveUpAfter;
    }

    /** Nanoseconds until the next attempt; 0 where it may be now. */
    long delay(long now) {
        return failures == 0 ? 0 : Math.max(0, notBefore - now);
    }
}
