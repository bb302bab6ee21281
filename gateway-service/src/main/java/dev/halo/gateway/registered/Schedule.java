package dev.halo.gateway.registered;

import java.time.Duration;
import java.time.Instant;

/**
 * When a registration runs, as seen from here. The Link counts from the moment it receives it, so that times travel as
 * what remains of them.
 *
 * @param grid from which the runs are counted
 * @param endsAt after which it runs no more; a run due at that moment still happens
 * @param firstRun the time to the next run that is due
 * @param remaining the time to the end
 */
record Schedule(Instant grid, Instant endsAt, Duration firstRun, Duration remaining) {

    /**
     * A first run that is late by no more than this moves the end with it: the time that a registration takes to reach
     * the Link must not cost it the run on its boundary.
     */
    private static final Duration DELIVERY = Duration.ofSeconds(60);

    /** Of one that has not run yet: its first run is due at once, the others follow from there. */
    static Schedule first(Instant createdAt, Duration duration, Instant now) {
        boolean isPrompt = Duration.between(createdAt, now).compareTo(DELIVERY) <= 0;
        Instant endsAt = (isPrompt ? now : createdAt).plus(duration);
        return new Schedule(now, endsAt, Duration.ZERO, positive(Duration.between(now, endsAt)));
    }

    /** Of one that has run: the grid of its runs goes on, what was missed is not made up for. */
    static Schedule next(Instant grid, Instant endsAt, Duration frequency, Instant now) {
        long since = Math.max(0, Duration.between(grid, now).toMillis());
        long past = since % frequency.toMillis();
        Duration firstRun = past == 0 ? Duration.ZERO : frequency.minusMillis(past);
        return new Schedule(grid, endsAt, firstRun, positive(Duration.between(now, endsAt)));
    }

    private static Duration positive(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
