package dev.halo.gateway.async;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** Async queries in any state. */
final class Queries {

    static final Instant CREATED = Instant.parse("2025-01-01T09:00:00Z");
    static final UUID SESSION = UUID.randomUUID();
    static final UUID LINK = UUID.randomUUID();

    private Queries() {}

    /** Sent, and in this status. */
    static AsyncQuery read(AsyncStatus status) {
        return query(status, false, draft -> {});
    }

    static AsyncQuery write(AsyncStatus status) {
        return query(status, true, draft -> {});
    }

    static AsyncQuery query(AsyncStatus status, boolean mayWrite, Consumer<ProgressDraft> more) {
        ProgressDraft draft = new ProgressDraft(Progress.begun(CREATED));
        draft.status = status;
        draft.sessionId = SESSION;
        draft.sentAt = CREATED;
        draft.queuedAt = status == AsyncStatus.INITIALISING ? null : CREATED;
        draft.executingAt = status.ordinal() >= AsyncStatus.EXECUTING.ordinal() ? CREATED : null;
        draft.runs = draft.executingAt == null ? 0 : 1;
        draft.completedAt = status.isEnd() ? CREATED : null;
        draft.failure = status.isEnd() && status != AsyncStatus.SUCCESSFUL ? Failures.expired() : null;
        draft.result = status == AsyncStatus.SUCCESSFUL ? AsyncResult.ofRows(0, 2, 1, List.of()) : null;
        more.accept(draft);
        return new AsyncQuery(
                UUID.randomUUID(),
                UUID.randomUUID(),
                UUID.randomUUID(),
                LINK,
                CREATED,
                60_000,
                20,
                40,
                mayWrite,
                CREATED,
                draft.at(CREATED));
    }
}
