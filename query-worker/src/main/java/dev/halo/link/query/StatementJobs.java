package dev.halo.link.query;

import dev.halo.link.execution.ExecutionResult;
import dev.halo.link.execution.StatementRunner;
import dev.halo.link.execution.StopCause;
import dev.halo.link.firebird.IntegratorLogin;
import dev.halo.link.journal.JournalGate;
import dev.halo.link.query.StatementExecution.Statement;
import dev.halo.link.upload.PageUploader;
import dev.halo.link.upload.ResultUploader;
import dev.halo.link.upload.ResultUploader.Whole;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryBounds;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Runs queries that have their slots, and delivers their results. */
public final class StatementJobs implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(StatementJobs.class);
    static final ByteBuffer NO_ROWS = ByteBuffer.allocate(0).asReadOnlyBuffer();
    /** Beyond queue and execution, the time in which a gateway still waits for an immediate. */
    private static final long MARGIN_MILLIS = 3_000;

    private final StatementExecution execution;
    private final ResultUploader uploader;
    private final JobThreads threads;
    private final AsyncJobs asyncs;

    /** @param execution closed with this, and so are the threads and the uploader of pages */
    public StatementJobs(StatementExecution execution, Deliveries deliveries, JobThreads threads) {
        this.execution = execution;
        this.uploader = deliveries.whole();
        this.threads = threads;
        this.asyncs = new AsyncJobs(execution, deliveries.pages());
    }

    /** How results leave that do not fit into an outcome. */
    public record Deliveries(ResultUploader whole, PageUploader pages) {}

    StatementRunner runner() {
        return execution.runner();
    }

    QueryMetrics metrics() {
        return execution.metrics();
    }

    void run(LiveQuery query, QueryService service) {
        if (query.request().mode() == QueryMode.ASYNC) {
            threads.background(() -> whenAllowed(query, service, login -> asyncs.run(query, login, service)));
        } else {
            threads.statement(() -> whenAllowed(query, service, login -> execute(query, login, service)));
        }
    }

    /** A query's way through execution and delivery; it ends the query and gives its slots back. */
    @FunctionalInterface
    private interface Way {
        void go(IntegratorLogin login);
    }

    private void whenAllowed(LiveQuery query, QueryService service, Way way) {
        QueryRequest request = query.request();
        Optional<QueryFailure> refusal =
                service.refusal(request).or(() -> query.cancel().stopped().map(StopCause::failure));
        Optional<IntegratorLogin> login = execution.login(request.siteId(), request.integratorId());
        if (refusal.isEmpty() && login.isPresent()) {
            way.go(login.get());
            return;
        }
        service.slotsFree(query);
        QueryFailure failure = refusal.orElseGet(Outcomes::disabled);
        service.end(query, Outcomes.notAttempted(request.mode(), failure, query.queuedMillis()), NO_ROWS);
    }

    private void execute(LiveQuery query, IntegratorLogin login, QueryService service) {
        Outcome outcome = Outcomes.failed(Outcomes.internal(), query.queuedMillis());
        ByteBuffer rows = NO_ROWS;
        boolean uploading = false;
        try {
            Ran ran = ran(query, login);
            if (ran.isTooLargeToGoInline()) {
                uploading = true;
                service.slotsFree(query);
                uploadLater(query, ran, service);
            } else {
                outcome = Outcomes.of(ran.result(), Outcome.Storage.INLINE, query.queuedMillis(), 0);
                rows = ran.rows();
            }
        } catch (RuntimeException e) {
            LOG.errorf("event=query_broken query=%s fault=%s", query.id(), Fault.of(e));
        } finally {
            if (!uploading) {
                service.slotsFree(query);
                service.end(query, outcome, rows);
            }
        }
    }

    /** What an execution gave. */
    private record Ran(ExecutionResult result, byte[] json, boolean wrote) {

        boolean isTooLargeToGoInline() {
            return result instanceof ExecutionResult.Rows && json.length > QueryBounds.MAX_INLINE_RESULT_BYTES;
        }

        ByteBuffer rows() {
            return result instanceof ExecutionResult.Rows ? ByteBuffer.wrap(json) : NO_ROWS;
        }
    }

    private Ran ran(LiveQuery query, IntegratorLogin login) {
        ResultBuffer buffer = new ResultBuffer();
        JournalGate gate = new JournalGate(execution.journal(), query.request());
        ExecutionResult result = execution.run(statement(query, login), buffer, gate, query.cancel());
        return new Ran(result, buffer.rows(), gate.wrote());
    }

    static Statement statement(LiveQuery query, IntegratorLogin login) {
        return new Statement(query.request(), query.id(), query.database(), login, query.trace(), query.queuedMillis());
    }

    private void uploadLater(LiveQuery query, Ran ran, QueryService service) {
        try {
            threads.upload(() -> upload(query, ran, service));
        } catch (RejectedExecutionException e) {
            LOG.warnf("event=upload_queue_full query=%s", query.id());
            service.end(
                    query,
                    Outcomes.uploadFailed(ran.result(), Outcomes.notStored(), ran.wrote(), query.queuedMillis(), 0),
                    NO_ROWS);
        }
    }

    private void upload(LiveQuery query, Ran ran, QueryService service) {
        long start = System.nanoTime();
        boolean stored = false;
        try {
            long rows = ((ExecutionResult.Rows) ran.result()).rows();
            Whole whole = Whole.of(
                    LinkApi.pagePath(query.id(), 1), query.id(), query.request().createdAt(), rows, ran.json());
            stored = uploader.uploadAwaited(whole, uploadDeadline(query));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.errorf("event=upload_broken query=%s fault=%s", query.id(), Fault.of(e));
        } finally {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            Outcome outcome = stored
                    ? Outcomes.of(ran.result(), Outcome.Storage.STORED, query.queuedMillis(), millis)
                    : Outcomes.uploadFailed(
                            ran.result(), Outcomes.notStored(), ran.wrote(), query.queuedMillis(), millis);
            service.end(query, outcome, NO_ROWS);
        }
    }

    private long uploadDeadline(LiveQuery query) {
        long millis = query.request().queueMillis()
                + execution.readLimit(query.request().mode()).toMillis()
                + MARGIN_MILLIS;
        return query.receivedNanos() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Override
    public void close() {
        threads.close();
        asyncs.close();
        execution.close();
    }
}
