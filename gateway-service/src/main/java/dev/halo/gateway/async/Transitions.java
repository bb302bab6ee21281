package dev.halo.gateway.async;

import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Produced;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.Timing;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What becomes of an async query when something is heard of it. Each gives the query as it is from then on, or empty where
 * nothing changes: a stage that lies behind, or anything after the end. So a report may come twice or late.
 */
final class Transitions {

    private Transitions() {}

    /** It waits at the Link. */
    static Optional<AsyncQuery> queued(AsyncQuery query, UUID session, Instant now) {
        if (!query.status().isBefore(AsyncStatus.QUEUED)) {
            return Optional.empty();
        }
        ProgressDraft draft = heard(query, session, now);
        draft.status = AsyncStatus.QUEUED;
        draft.queuedAt = now;
        return changed(query, draft, now);
    }

    /** It runs at the Link. */
    static Optional<AsyncQuery> executing(AsyncQuery query, UUID session, Instant now) {
        if (!query.status().isBefore(AsyncStatus.EXECUTING)) {
            return Optional.empty();
        }
        ProgressDraft draft = heard(query, session, now);
        draft.status = AsyncStatus.EXECUTING;
        draft.executingAt = now;
        draft.runs++;
        return changed(query, draft, now);
    }

    /** It has run, and its pages are on their way. */
    static Optional<AsyncQuery> uploading(AsyncQuery query, UUID session, Produced produced, Instant now) {
        if (!query.status().isBefore(AsyncStatus.UPLOADING)) {
            return Optional.empty();
        }
        ProgressDraft draft = heard(query, session, now);
        draft.status = AsyncStatus.UPLOADING;
        draft.uploadingAt = now;
        draft.sqlMillis = produced.timing().sql();
        draft.result = AsyncResult.ofRows(produced.rows(), produced.size(), produced.pages(), List.of());
        return changed(query, draft, now);
    }

    /** It has run and all of its result is stored. */
    static Optional<AsyncQuery> succeeded(AsyncQuery query, AsyncResult result, Timing timing, Instant now) {
        if (query.hasEnded()) {
            return Optional.empty();
        }
        ProgressDraft draft = new ProgressDraft(query.progress());
        draft.status = AsyncStatus.SUCCESSFUL;
        draft.completedAt = now;
        draft.sqlMillis = timing.sql();
        draft.result = result;
        return changed(query, draft, now);
    }

    /** The Link says that it has failed; which end that is depends on whose failure it was. */
    static Optional<AsyncQuery> failed(AsyncQuery query, QueryFailure failure, Instant now) {
        if (failure.is(LinkErrorCode.EXPIRED_IN_QUEUE)) {
            return ended(query, AsyncStatus.EXPIRED_IN_QUEUE, failure, now);
        }
        return ended(
                query,
                failure.type() == ErrorType.HTTP ? AsyncStatus.UPLOAD_FAILED : AsyncStatus.EXECUTION_FAILED,
                failure,
                now);
    }

    /** Its end without success. */
    static Optional<AsyncQuery> ended(AsyncQuery query, AsyncStatus end, QueryFailure failure, Instant now) {
        if (query.hasEnded()) {
            return Optional.empty();
        }
        ProgressDraft draft = new ProgressDraft(query.progress());
        draft.status = end;
        draft.completedAt = now;
        draft.failure = failure;
        draft.result = null;
        return changed(query, draft, now);
    }

    /**
     * Handed back without an attempt by the session that it was sent to; nothing of it is at the Link, which may have said
     * that it waits there before its queue turned out to be full.
     */
    static Optional<AsyncQuery> released(AsyncQuery query, UUID session, Instant holdUntil, Instant now) {
        boolean notBegun = query.status() == AsyncStatus.INITIALISING || query.status() == AsyncStatus.QUEUED;
        boolean handedBack =
                notBegun && session != null && session.equals(query.progress().sessionId());
        if (handedBack && query.progress().cancel() != null) {
            return ended(
                    query,
                    AsyncStatus.EXECUTION_FAILED,
                    Failures.of(query.progress().cancel()),
                    now);
        }
        return handedBack ? Optional.of(anew(query, holdUntil, now)) : Optional.empty();
    }

    /** The Link has it, in this session. */
    static AsyncQuery held(AsyncQuery query, UUID session, Instant now) {
        ProgressDraft draft = heard(query, session, now);
        if (draft.status == AsyncStatus.INITIALISING) {
            draft.status = AsyncStatus.QUEUED;
            draft.queuedAt = now;
        }
        return query.with(draft.at(now));
    }

    /** As if it had never been sent. */
    static AsyncQuery anew(AsyncQuery query, Instant holdUntil, Instant now) {
        ProgressDraft draft = new ProgressDraft(query.progress());
        draft.status = AsyncStatus.INITIALISING;
        draft.sessionId = null;
        draft.sentAt = null;
        draft.holdUntil = holdUntil;
        draft.queuedAt = null;
        draft.executingAt = null;
        draft.uploadingAt = null;
        draft.sqlMillis = null;
        draft.result = null;
        return query.with(draft.at(now));
    }

    /**
     * Somebody wants it to end. What can no longer do anything, or only reads, ends at once; a write that may be under way
     * has its end from the Link, which alone knows whether it was committed.
     */
    static Optional<AsyncQuery> cancelled(AsyncQuery query, LinkErrorCode cause, Instant now) {
        if (query.hasEnded()) {
            if (query.progress().pagesRemoved()) {
                return Optional.empty();
            }
            ProgressDraft draft = new ProgressDraft(query.progress());
            draft.pagesRemoved = true;
            return changed(query, draft, now);
        }
        return toEnd(query, cause, true, now);
    }

    /** Its site is superseded: what runs finishes, and results stay readable. */
    static Optional<AsyncQuery> superseded(AsyncQuery query, Instant now) {
        boolean waits = query.status().isBefore(AsyncStatus.EXECUTING);
        return waits && query.progress().cancel() == null
                ? toEnd(query, LinkErrorCode.SITE_SUPERSEDED, false, now)
                : Optional.empty();
    }

    private static Optional<AsyncQuery> toEnd(AsyncQuery query, LinkErrorCode cause, boolean withPages, Instant now) {
        ProgressDraft draft = new ProgressDraft(query.progress());
        draft.cancel = draft.cancel == null ? cause : draft.cancel;
        draft.pagesRemoved |= withPages;
        AsyncQuery marked = query.with(draft.at(now));
        boolean mayBeUnderWay = query.mayWrite() && query.progress().sessionId() != null;
        return mayBeUnderWay
                ? Optional.of(marked)
                : ended(marked, AsyncStatus.EXECUTION_FAILED, Failures.of(draft.cancel), now);
    }

    /** Whoever reports a query holds it, whatever session it was sent to. */
    private static ProgressDraft heard(AsyncQuery query, UUID session, Instant now) {
        ProgressDraft draft = new ProgressDraft(query.progress());
        if (session != null) {
            draft.sessionId = session;
        }
        draft.sentAt = draft.sentAt == null ? now : draft.sentAt;
        draft.holdUntil = null;
        return draft;
    }

    private static Optional<AsyncQuery> changed(AsyncQuery query, ProgressDraft draft, Instant now) {
        return Optional.of(query.with(draft.at(now)));
    }
}
