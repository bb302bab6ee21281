package dev.halo.link.registered;

import dev.halo.protocol.query.RegisteredRequest;
import java.util.concurrent.TimeUnit;

/** A registered query as the Link holds it. Guarded by {@link RegisteredQueries}. */
final class Registration {

    private final RegisteredRequest request;
    private final RunSchedule schedule;
    private String lastHash;
    private long lastNumber;
    private RegisteredRunTask running;
    private boolean due;
    private boolean unconfirmed;
    private long confirmBy;

    /** @param lastNumber of the runs that are known to anybody */
    Registration(RegisteredRequest request, long lastNumber, long now) {
        this.request = request;
        this.schedule = new RunSchedule(
                now,
                TimeUnit.MILLISECONDS.toNanos(request.firstRunMillis()),
                TimeUnit.SECONDS.toNanos(request.frequencySeconds()),
                TimeUnit.MILLISECONDS.toNanos(request.remainingMillis()));
        this.lastHash = request.lastHash();
        this.lastNumber = lastNumber;
    }

    RegisteredRequest request() {
        return request;
    }

    /** A new session wants it too; its grid and its runs go on as they were. */
    void confirm(RegisteredRequest again, boolean hasUnackedRuns) {
        unconfirmed = false;
        lastNumber = Math.max(lastNumber, again.lastNumber());
        if (!hasUnackedRuns && running == null) {
            lastHash = again.lastHash();
        }
    }

    /** A new session has opened that has not asked for it yet. */
    void awaitConfirmation(long by) {
        unconfirmed = true;
        confirmBy = by;
    }

    boolean isUnwanted(long now) {
        return unconfirmed && now - confirmBy >= 0;
    }

    /**
     * Looks at the time.
     *
     * @return whether a run was skipped, because the one before it still goes on
     */
    boolean look(long now) {
        if (!schedule.take(now)) {
            return false;
        }
        due = running == null;
        return !due;
    }

    /** Whether a run should begin, as soon as it may. */
    boolean isDue() {
        return due && running == null;
    }

    /** Whether it has run its time. */
    boolean isOver(long now) {
        return running == null && schedule.isOver() && (!due || schedule.isPast(now));
    }

    /** The number of the run that begins now. */
    long nextNumber() {
        return ++lastNumber;
    }

    /** Of the runs that have begun here or are known to anybody. */
    long lastNumber() {
        return lastNumber;
    }

    void started(RegisteredRunTask task) {
        running = task;
        due = false;
    }

    /** @param hash of the result that the cloud holds now; null where the run gave none */
    void ended(String hash) {
        running = null;
        if (hash != null) {
            lastHash = hash;
        }
    }

    RegisteredRunTask running() {
        return running;
    }

    String lastHash() {
        return lastHash;
    }
}
