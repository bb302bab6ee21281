package dev.halo.gateway.async;

import dev.halo.protocol.query.QueryFailure;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/**
 * What becomes of the unfinished queries of a Link when it opens a session. The journal decides about writes: the same one
 * knows whether a write began, and the Link would have said so; another one knows nothing.
 */
final class Reconciliation {

    /**
     * What the Link has.
     *
     * @param held ids of the queries that it has and has not ended
     * @param journal of the Link now
     */
    record Opened(UUID session, UUID journal, Set<UUID> held) {}

    private final Opened opened;
    private final int maxRuns;

    /** @param maxRuns how often the Link may begin a query */
    Reconciliation(Opened opened, int maxRuns) {
        this.opened = opened;
        this.maxRuns = maxRuns;
    }

    /**
     * The query as it is from now on: held, sent anew or ended.
     *
     * @param query unfinished, sent to another session
     * @param journal of that session; null where it is not known, which counts as another one
     */
    AsyncQuery of(AsyncQuery query, UUID journal, Instant now) {
        if (opened.held.contains(query.id())) {
            return Transitions.held(query, opened.session, now);
        }
        boolean sameJournal = opened.journal.equals(journal);
        if (query.mayWrite() && !sameJournal) {
            return failed(query, Failures.unknown(true), now);
        }
        if (query.progress().cancel() != null) {
            return failed(query, Failures.of(query.progress().cancel()), now);
        }
        if (query.progress().runs() >= maxRuns) {
            return failed(query, Failures.lost(), now);
        }
        if (query.mayWrite()) {
            return Transitions.anew(query, null, now);
        }
        boolean ran = AsyncStatus.QUEUED.isBefore(query.status());
        boolean lost = query.progress().pagesGiven() || ran && !sameJournal;
        return lost ? failed(query, Failures.lost(), now) : Transitions.anew(query, null, now);
    }

    private static AsyncQuery failed(AsyncQuery query, QueryFailure failure, Instant now) {
        return Transitions.ended(query, AsyncStatus.EXECUTION_FAILED, failure, now)
                .orElse(query);
    }
}
