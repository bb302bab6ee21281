package dev.halo.gateway.immediate;

import dev.halo.messaging.SessionDirectory;
import dev.halo.protocol.query.Outcome;
import java.time.Duration;

/** What a run needs of the world around it. */
interface Surroundings {

    SessionDirectory sessions();

    Courier courier();

    Admission admission();

    /** The monotonic clock. */
    long nanos();

    /** How long the gateway waits for a query in all. */
    Duration totalWait(int maxTimeInQueueMillis);

    Duration parking();

    Duration lostSessionGrace();

    /** Counts a query that was handed back. */
    void released(Outcome.ReleaseCause cause);

    /** Logs what should not have happened. */
    void unexpected(Throwable failure);
}
