package dev.halo.link.registered;

/**
 * When a registered query runs: on a grid of the monotonic clock, from its first run to its end, a run at the end
 * included. A time at which nobody looked is missed; only the last of several is made up for. Not thread-safe.
 */
final class RunSchedule {

    private final long frequency;
    private final long end;
    private long next;

    /** All in nanoseconds; the delays are counted from now. */
    RunSchedule(long now, long firstDelay, long frequency, long remaining) {
        if (frequency < 1) {
            throw new IllegalArgumentException("frequency must be positive");
        }
        this.frequency = frequency;
        this.next = now + firstDelay;
        this.end = now + remaining;
    }

    /** Whether a run is to begin now; moves on to the time after it. */
    boolean take(long now) {
        if (isOver() || now - next < 0) {
            return false;
        }
        long latest = next + Math.min(now - next, end - next) / frequency * frequency;
        next = latest + frequency;
        return now - latest < frequency;
    }

    /** Whether there is no time left to come. */
    boolean isOver() {
        return next - end > 0;
    }

    /** Whether even a late last run would be too late. */
    boolean isPast(long now) {
        return now - end > frequency;
    }
}
