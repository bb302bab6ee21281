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
     * @param heldBy the session that it was sent to, or that took over from that one
     * @param lostAtNanos since when that session is known to be lost, by the monotonic clock; null while it is not
     */
    record Sent(SessionRecord.Open heldBy, Long lostAtNanos) implements Phase {}

    /** Over; what still comes is ignored. */
    record Ended() implements Phase {}
}
