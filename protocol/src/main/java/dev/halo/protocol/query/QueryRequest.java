package dev.halo.protocol.query;

import dev.halo.protocol.topic.Topic;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * A query on its way from a gateway through Kafka and a bridge to the Link.
 *
 * @param queryId made by the gateway
 * @param siteId the Halo GUID of the database pair
 * @param integratorId on whose behalf, and so as which database user, it runs
 * @param mode its class
 * @param command what to run
 * @param catalogue one of the site's databases; null for the default one
 * @param queueMillis how long it may still wait for a start at the Link, counted from the moment it is received; 0:
 *     only if it can start at once
 * @param replySlot the slot of the gateway that waits for the outcome; -1 where the outcome goes to
 *     {@code halo.results}
 * @param createdAt the gateway's time of creation
 */
public record QueryRequest(
        UUID queryId,
        UUID siteId,
        UUID integratorId,
        QueryMode mode,
        Command command,
        String catalogue,
        long queueMillis,
        int replySlot,
        Instant createdAt) {

    /** The {@link #replySlot()} of a query for which no gateway waits. */
    public static final int NO_REPLY_SLOT = -1;

    public QueryRequest {
        Objects.requireNonNull(queryId, "queryId");
        Objects.requireNonNull(siteId, "siteId");
        Objects.requireNonNull(integratorId, "integratorId");
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(command, "command");
        Objects.requireNonNull(createdAt, "createdAt");
        if (queueMillis < 0) {
            throw new IllegalArgumentException("queueMillis must not be negative: " + queueMillis);
        }
        requireReplySlot(replySlot);
    }

    /** @throws IllegalArgumentException unless it is {@link #NO_REPLY_SLOT} or the number of a slot */
    public static void requireReplySlot(int replySlot) {
        if (replySlot < NO_REPLY_SLOT || replySlot >= Topic.SLOTS) {
            throw new IllegalArgumentException("replySlot must be from -1 to " + (Topic.SLOTS - 1) + ": " + replySlot);
        }
    }

    /** The same query with less time left to wait. */
    public QueryRequest withQueueMillis(long remaining) {
        return new QueryRequest(
                queryId, siteId, integratorId, mode, command, catalogue, Math.max(0, remaining), replySlot, createdAt);
    }
}
