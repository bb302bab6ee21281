package dev.halo.gateway.async;

import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import java.time.Instant;
import java.util.UUID;

/** The next progress of a query while it is put together. */
final class ProgressDraft {

    AsyncStatus status;
    UUID sessionId;
    Instant sentAt;
    Instant holdUntil;
    Instant queuedAt;
    Instant executingAt;
    Instant uploadingAt;
    Instant completedAt;
    Long sqlMillis;
    AsyncResult result;
    QueryFailure failure;
    int runs;
    LinkErrorCode cancel;
    boolean pagesGiven;
    boolean pagesRemoved;

    ProgressDraft(Progress from) {
        status = from.status();
        sessionId = from.sessionId();
        sentAt = from.sentAt();
        holdUntil = from.holdUntil();
        queuedAt = from.queuedAt();
        executingAt = from.executingAt();
        uploadingAt = from.uploadingAt();
        completedAt = from.completedAt();
        sqlMillis = from.sqlMillis();
        result = from.result();
        failure = from.failure();
        runs = from.runs();
        cancel = from.cancel();
        pagesGiven = from.pagesGiven();
        pagesRemoved = from.pagesRemoved();
    }

    Progress at(Instant now) {
        return new Progress(
                status,
                now,
                sessionId,
                sentAt,
                holdUntil,
                queuedAt,
                executingAt,
                uploadingAt,
                completedAt,
                sqlMillis,
                result,
                failure,
                runs,
                cancel,
                pagesGiven,
                pagesRemoved);
    }
}
