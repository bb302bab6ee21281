package dev.halo.routing.session;

import dev.halo.protocol.query.QueryMode;
import java.util.UUID;

/**
 * A query that was forwarded in a session and has not ended.
 *
 * @param mode its class, whose credit it uses
 * @param replySlot of the gateway that waits, or -1
 * @param traceparent null where there is none
 * @param sentAtNanos on the monotonic clock
 * @param forgetAtNanos when it stops counting against the site's credit
 */
record SentQuery(
        UUID queryId,
        UUID siteId,
        UUID integratorId,
        QueryMode mode,
        int replySlot,
        String traceparent,
        long sentAtNanos,
        long forgetAtNanos) {

    /** Whether a caller waits for it; such queries and the others have credit of their own. */
    boolean isImmediate() {
        return mode == QueryMode.IMMEDIATE;
    }
}
