package dev.halo.routing.session;

import java.util.UUID;

/**
 * A query that was forwarded in a session and has not ended.
 *
 * @param replySlot of the gateway that waits, or -1
 * @param traceparent null where there is none
 * @param sentAtNanos on the monotonic clock
 * @param forgetAtNanos when it stops counting against the site's credit
 */
record SentQuery(
        UUID queryId,
        UUID siteId,
        UUID integratorId,
        int replySlot,
        String traceparent,
        long sentAtNanos,
        long forgetAtNanos) {}
