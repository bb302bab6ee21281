package dev.halo.gateway.immediate;

import dev.halo.messaging.LinkPresence;
import dev.halo.messaging.RequestReply;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.site.Availability;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** What a run needs of the world around it. */
interface Surroundings {

    LinkPresence presence(UUID linkId);

    Availability availability(UUID linkId);

    /** As {@link Courier#send}. */
    CompletionStage<RequestReply.Reply> send(
            QueryRequest query, SessionRecord.Open session, Duration timeout, String traceparent);

    /** As {@link Courier#cancel}. */
    void cancel(QueryRequest query, SessionRecord.Open session, LinkErrorCode cause);

    /** As {@link Courier#tell}. */
    void tell(QueryRequest query, SessionRecord.Open session, LinkErrorCode cause);

    /** Why a query that was let in may not run any more; null if it may. */
    LinkErrorCode forbidden(QueryRequest query);

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
