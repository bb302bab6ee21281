package dev.halo.protocol.session;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * The state of a Link's session on {@code halo.sessions}, keyed by Link GUID. The later {@link Open} in the log wins; a
 * {@link Closed} counts only for the session that is current. Since compaction keeps just the last record of a key, a
 * bridge that sees a {@link Closed} of another session behind its own {@link Open} writes its {@link Open} again.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = SessionRecord.Open.class, name = "open"),
    @JsonSubTypes.Type(value = SessionRecord.Closed.class, name = "closed")
})
public sealed interface SessionRecord {

    UUID linkId();

    UUID sessionId();

    /**
     * A bridge holds the Link's socket.
     *
     * @param slot of that bridge
     * @param incarnation of that slot; the session counts only while it is current
     * @param openedAt the bridge's time
     * @param clockOffsetMillis the Link's clock minus the bridge's, as measured at the handshake
     */
    record Open(
            UUID linkId,
            UUID sessionId,
            int slot,
            UUID incarnation,
            Instant openedAt,
            String linkVersion,
            long clockOffsetMillis)
            implements SessionRecord {
        public Open {
            Objects.requireNonNull(linkId, "linkId");
            Objects.requireNonNull(sessionId, "sessionId");
            Objects.requireNonNull(incarnation, "incarnation");
            Objects.requireNonNull(openedAt, "openedAt");
            SlotRecord.requireSlot(slot);
        }
    }

    /**
     * The session is over.
     *
     * @param lastHeardAt when the bridge last heard the Link, by the bridge's clock
     */
    record Closed(UUID linkId, UUID sessionId, CloseCause cause, Instant lastHeardAt) implements SessionRecord {
        public Closed {
            Objects.requireNonNull(linkId, "linkId");
            Objects.requireNonNull(sessionId, "sessionId");
            Objects.requireNonNull(cause, "cause");
            Objects.requireNonNull(lastHeardAt, "lastHeardAt");
        }
    }

    /** Why a session ended; also the tag of the metric and the key in the log. */
    enum CloseCause {
        /** The Link said goodbye: the site is offline. */
        CLOSED,
        /** The bridge is stopping and sent the Link elsewhere. */
        DRAINED,
        /** The socket broke, or nothing was heard for too long. */
        LOST,
        /** A later session of the same Link won. */
        SUPERSEDED,
        /** The registry no longer trusts the Link. */
        REVOKED,
        /** The Link broke the protocol. */
        PROTOCOL_ERROR
    }
}
