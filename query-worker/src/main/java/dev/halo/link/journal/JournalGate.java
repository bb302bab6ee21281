package dev.halo.link.journal;

import dev.halo.link.execution.ExecutionResult;
import dev.halo.link.execution.WriteGate;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.Timing;
import java.io.IOException;

/** The journal's side of one query. */
public final class JournalGate implements WriteGate {

    private static final String ROWS_LOST =
            "The write was committed, but the Link stopped before the rows that it gave back could be delivered.";

    private final WriteJournal journal;
    private final QueryRequest request;
    private final RunOf run;
    private volatile boolean wrote;

    public JournalGate(WriteJournal journal, QueryRequest request) {
        this(journal, request, null);
    }

    /** @param run null where it is no run of a registered query */
    public JournalGate(WriteJournal journal, QueryRequest request, RunOf run) {
        this.journal = journal;
        this.request = request;
        this.run = run;
    }

    /** Whether the journal knows of this query. */
    public boolean wrote() {
        return wrote;
    }

    @Override
    public void beforeWrite() throws IOException {
        journal.start(request.queryId(), request.siteId(), request.integratorId(), request.replySlot(), run);
        wrote = true;
    }

    @Override
    public void ended(ExecutionResult result) {
        journal.end(request.queryId(), small(result));
    }

    /** What is told after a crash. Rows and output values are a patient's data and do not go into the journal. */
    private static Outcome small(ExecutionResult result) {
        Timing timing =
                new Timing(0, result.elapsed().executing(), result.elapsed().sql(), 0);
        if (result instanceof ExecutionResult.Affected affected
                && affected.parameters().isEmpty()) {
            return new Outcome.Affected(affected.rowsAffected(), affected.parameters(), timing);
        }
        if (result instanceof ExecutionResult.Failed failed) {
            return new Outcome.Failed(failed.failure(), timing);
        }
        return new Outcome.Failed(LinkErrorCode.OUTCOME_UNKNOWN.failure(ROWS_LOST), timing);
    }
}
