package dev.halo.link.upload;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Shares the practice's uplink: pages of asyncs go one after the other at the configured rate, and wait a while for
 * results that a caller waits for. A page that is on its way is not interrupted.
 */
public final class Uplink {

    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final long bytesPerSecond;
    private final long yieldNanos;
    private final BooleanSupplier delivering;
    private final LongSupplier nanoTime;
    private final AtomicInteger urgent = new AtomicInteger();
    private long freeAt;

    /**
     * @param delivering whether results that callers wait for are on their way by the session
     * @param nanoTime the monotonic clock
     */
    public Uplink(UploadConfig config, BooleanSupplier delivering, LongSupplier nanoTime) {
        this.bytesPerSecond = config.bandwidth().map(rate -> rate.asLongValue()).orElse(Long.MAX_VALUE);
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("halo.link.upload.bandwidth must be positive");
        }
        this.yieldNanos = config.yieldFor().toNanos();
        this.delivering = delivering;
        this.nanoTime = nanoTime;
        this.freeAt = nanoTime.getAsLong();
    }

    /** A result that a caller waits for is being sent. */
    void urgentBegins() {
        urgent.incrementAndGet();
    }

    /** It has been sent. */
    void urgentEnds() {
        urgent.decrementAndGet();
    }

    /**
     * Asks to send a page.
     *
     * @param waitedNanos for how long it has asked already
     * @return 0 where it may be sent now, which it then must; else for how long to wait before asking again
     */
    synchronized long tryTake(long bytes, long waitedNanos) {
        boolean yields = waitedNanos < yieldNanos && (urgent.get() > 0 || delivering.getAsBoolean());
        if (yields) {
            return LOOK_AGAIN_NANOS;
        }
        if (bytesPerSecond == Long.MAX_VALUE) {
            return 0;
        }
        long now = nanoTime.getAsLong();
        if (freeAt - now > 0) {
            return freeAt - now;
        }
        freeAt = now + (long) ((double) bytes / bytesPerSecond * NANOS);
        return 0;
    }
}
