package dev.halo.link.queue;

import java.util.UUID;

/** A query in the queue. The queue calls exactly one of the two methods, once. */
public interface QueuedTask {

    UUID id();

    QueueKey key();

    /**
     * It has its slots. Called with no lock held; it must not block, and {@link FairQueue#finished} is owed for it.
     *
     * @param queuedMillis how long it waited
     */
    void start(long queuedMillis);

    /**
     * It will not start. Called with no lock held.
     *
     * @param queuedMillis how long it waited
     */
    void end(EndCause cause, long queuedMillis);

    /** Why a task never started. */
    enum EndCause {
        /** It waited as long as it may; with no time to wait: it could not start at once. */
        EXPIRED,
        /** Too much waits already. */
        FULL,
        /** It was taken out. */
        REMOVED
    }
}
