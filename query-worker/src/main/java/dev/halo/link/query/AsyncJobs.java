package dev.halo.link.query;

import dev.halo.link.execution.ExecutionResult;
import dev.halo.link.execution.StopCause;
import dev.halo.link.firebird.IntegratorLogin;
import dev.halo.link.journal.JournalGate;
import dev.halo.link.upload.PageUploader;
import dev.halo.link.upload.PagedUpload;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Produced;
import dev.halo.protocol.query.QueryFailure;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Runs asyncs: their pages go to the spool, and from there to a gateway, while rows are still read. The slots are given
 * back when the last row was read; the query ends when the last page is stored.
 */
final class AsyncJobs implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(AsyncJobs.class);

    private final StatementExecution execution;
    private final PageUploader uploader;

    /** @param uploader closed with this */
    AsyncJobs(StatementExecution execution, PageUploader uploader) {
        this.execution = execution;
        this.uploader = uploader;
    }

    /** Runs it; on return its slots are free, and its end has come or will when its pages are stored. */
    void run(LiveQuery query, IntegratorLogin login, QueryService service) {
        PagedUpload upload = uploader.open(query.request());
        ExecutionResult result = null;
        JournalGate gate = new JournalGate(execution.journal(), query.request());
        try {
            query.uploadsTo(upload);
            upload.neverWaitWhen(gate::wrote);
            upload.stopsWhen(() -> query.cancel().stopped().map(StopCause::failure));
            service.executing(query);
            result = execution.run(StatementJobs.statement(query, login), upload, gate, query.cancel());
        } catch (RuntimeException e) {
            LOG.errorf("event=query_broken query=%s fault=%s", query.id(), Fault.of(e));
        } finally {
            service.slotsFree(query);
            end(query, result, upload, gate.wrote(), service);
        }
    }

    private static void end(
            LiveQuery query, ExecutionResult result, PagedUpload upload, boolean wrote, QueryService service) {
        if (!(result instanceof ExecutionResult.Rows rows)) {
            upload.discard();
            Outcome outcome = result == null
                    ? Outcomes.failed(Outcomes.internal(), query.queuedMillis())
                    : Outcomes.of(result, Outcome.Storage.STORED, query.queuedMillis(), 0);
            service.end(query, outcome, StatementJobs.NO_ROWS);
            return;
        }
        int pages = upload.pages();
        service.uploading(
                query, new Produced(rows.rows(), rows.bytes(), pages, Outcomes.timing(rows, query.queuedMillis(), 0)));
        long since = System.nanoTime();
        upload.finish(failure -> {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
            service.end(query, outcome(query, rows, pages, failure, wrote, millis), StatementJobs.NO_ROWS);
        });
    }

    private static Outcome outcome(
            LiveQuery query,
            ExecutionResult.Rows rows,
            int pages,
            Optional<QueryFailure> failure,
            boolean wrote,
            long millis) {
        return failure.map(why -> Outcomes.uploadFailed(rows, why, wrote, query.queuedMillis(), millis))
                .orElseGet(() -> new Outcome.Rows(
                        rows.rows(),
                        rows.bytes(),
                        Outcome.Storage.STORED,
                        rows.parameters(),
                        Outcomes.timing(rows, query.queuedMillis(), millis),
                        pages));
    }

    @Override
    public void close() {
        uploader.close();
    }
}
