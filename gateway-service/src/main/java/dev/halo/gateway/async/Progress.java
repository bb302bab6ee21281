package dev.halo.gateway.async;

import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import java.time.Instant;
import java.util.UUID;

/**
 * How far an async query has come. Times are the gateway's; stages that were not reported have none.
 *
 * @param sessionId the session that it was sent to or that holds it; null while it waits here
 * @param holdUntil not sent before, after it was handed back; null if it may go at once
 * @param completedAt null until it has ended
 * @param sqlMillis inside the database; null until known
 * @param result null until known
 * @param failure of one that has ended without success; null otherwise
 * @param runs how often the Link has begun it
 * @param cancel somebody wants it to end, and with which code; null otherwise
 * @param pagesGiven whether a page was read before the end
 * @param pagesRemoved whether its pages are gone for good
 */
public record Progress(
        AsyncStatus status,
        Instant updatedAt,
        UUID sessionId,
        Instant sentAt,
        Instant holdUntil,
        Instant queuedAt,
        Instant executingAt,
        Instant uploadingAt,
        Instant completedAt,
        Long sqlMillis,
        AsyncResult result,
        QueryFailure failure,
        int runs,
        LinkErrorCode cancel,
        boolean pagesGiven,
        boolean pagesRemoved) {

    static Progress begun(Instant now) {
        return new Progress(
                AsyncStatus.INITIALISING,
                now,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                0,
                null,
                false,
                false);
    }
}
