package dev.halo.gateway.immediate;

import dev.halo.protocol.session.SessionRecord;

/**
 * Where an immediate query is.
 *
 * <pre>
 * Starting ─► Parked ─► Sent ─► Ended
 *     └──────────────────►┘ └─► Parked   (handed back without an attempt)
 * </pre>
 */
sealed interface Phase {

    /** Not sent yet. */
    record Starting() implements Phase {}

    /** Waits for the Link's next session. */
    record Parked() implements Phase {}

    /**
     * At a bridge or beyond.
     *
     * @param session the one it was sent to
     * @param lostAtNanos since when that session is known to be lost, by the monotonic clock; null while it is not
     * @param heldBy the session that the Link had last
     */
    record Sent(SessionRecord.Open session, Long lostAtNanos, SessionRecord.Open heldBy) implements Phase {}

    /** Over; what still comes is ignored. */
    record Ended() implements Phase {}
}
