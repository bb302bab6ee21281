package dev.halo.link.query;

import dev.halo.link.audit.AuditEntry;
import dev.halo.link.audit.AuditLog;
import dev.halo.link.enablement.EnablementService;
import dev.halo.link.execution.Execution;
import dev.halo.link.execution.ExecutionLimits;
import dev.halo.link.execution.ExecutionResult;
import dev.halo.link.execution.StatementRunner;
import dev.halo.link.execution.StopCause;
import dev.halo.link.firebird.IntegratorLogin;
import dev.halo.link.journal.JournalGate;
import dev.halo.link.journal.WriteJournal;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryBounds;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** Runs queries that have their slots: execution, audit, delivery of the result. */
public final class StatementJobs implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(StatementJobs.class);
    private static final ByteBuffer NO_ROWS = ByteBuffer.allocate(0).asReadOnlyBuffer();
    /** Beyond queue and execution, the time in which a gateway still waits for an immediate. */
    private static final long MARGIN_MILLIS = 3_000;

    private final StatementRunner runner;
    private final EnablementService enablement;
    private final WriteJournal journal;
    private final AuditLog audit;
    private final ResultUploader uploader;
    private final QueryMetrics metrics;
    private final QueryTracing tracing;
    private final JobThreads threads;
    private final Function<QueryMode, ExecutionLimits> limits;
    private final InstantSource clock;

    public StatementJobs(
            StatementRunner runner,
            EnablementService enablement,
            Records records,
            ResultUploader uploader,
            Observation observation,
            JobThreads threads,
            Function<QueryMode, ExecutionLimits> limits,
            InstantSource clock) {
        this.runner = runner;
        this.enablement = enablement;
        this.journal = records.journal();
        this.audit = records.audit();
        this.uploader = uploader;
        this.metrics = observation.metrics();
        this.tracing = observation.tracing();
        this.threads = threads;
        this.limits = limits;
        this.clock = clock;
    }

    /** What is written down of a query. */
    public record Records(WriteJournal journal, AuditLog audit) {}

    /** What operators see of it. */
    public record Observation(QueryMetrics metrics, QueryTracing tracing) {}

    StatementRunner runner() {
        return runner;
    }

    QueryMetrics metrics() {
        return metrics;
    }

    void run(LiveQuery query, QueryService service) {
        threads.statement(() -> execute(query, service));
    }

    private void execute(LiveQuery query, QueryService service) {
        Outcome outcome = Outcomes.failed(Outcomes.internal(), query.queuedMillis());
        ByteBuffer rows = NO_ROWS;
        boolean uploading = false;
        try {
            Optional<QueryFailure> refusal = service.refusal(query.request())
                    .or(() -> query.cancel().stopped().map(StopCause::failure));
            Optional<IntegratorLogin> login =
                    enablement.login(query.request().siteId(), query.request().integratorId());
            if (refusal.isPresent() || login.isEmpty()) {
                outcome = Outcomes.failed(refusal.orElseGet(Outcomes::disabled), query.queuedMillis());
                return;
            }
            Ran ran = ran(query, login.get());
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
        QueryRequest request = query.request();
        ResultBuffer buffer = new ResultBuffer();
        JournalGate gate = new JournalGate(journal, request);
        Execution execution = new Execution(query.database(), login, request.command(), bounded(request.mode()));
        ExecutionResult result = tracing.within(
                request,
                query.trace(),
                ExecutionResult.Failed.class::isInstance,
                () -> runner.run(execution, buffer, gate, query.cancel()));
        metrics.ran(request.mode(), query.queuedMillis(), result.elapsed().executing());
        audit.append(entry(query, result));
        return new Ran(result, buffer.rows(), gate.wrote());
    }

    /** A result is held in memory as a whole, whatever its class allows. */
    private ExecutionLimits bounded(QueryMode mode) {
        ExecutionLimits of = limits.apply(mode);
        return new ExecutionLimits(
                of.read(), of.write(), Math.min(of.maxResultBytes(), QueryBounds.MAX_IMMEDIATE_RESULT_BYTES));
    }

    private void uploadLater(LiveQuery query, Ran ran, QueryService service) {
        try {
            threads.upload(() -> upload(query, ran, service));
        } catch (RejectedExecutionException e) {
            LOG.warnf("event=upload_queue_full query=%s", query.id());
            service.end(query, Outcomes.uploadFailed(ran.result(), ran.wrote(), query.queuedMillis(), 0), NO_ROWS);
        }
    }

    private void upload(LiveQuery query, Ran ran, QueryService service) {
        long start = System.nanoTime();
        boolean stored = false;
        try {
            long rows = ((ExecutionResult.Rows) ran.result()).rows();
            stored = uploader.upload(query.request(), ran.json(), rows, uploadDeadline(query));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.errorf("event=upload_broken query=%s fault=%s", query.id(), Fault.of(e));
        } finally {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            Outcome outcome = stored
                    ? Outcomes.of(ran.result(), Outcome.Storage.STORED, query.queuedMillis(), millis)
                    : Outcomes.uploadFailed(ran.result(), ran.wrote(), query.queuedMillis(), millis);
            service.end(query, outcome, NO_ROWS);
        }
    }

    private long uploadDeadline(LiveQuery query) {
        long millis = query.request().queueMillis()
                + limits.apply(query.request().mode()).read().toMillis()
                + MARGIN_MILLIS;
        return query.receivedNanos() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private AuditEntry entry(LiveQuery query, ExecutionResult result) {
        QueryRequest request = query.request();
        return new AuditEntry(
                0,
                clock.instant(),
                request.queryId(),
                request.integratorId(),
                enablement.name(request.siteId(), request.integratorId()),
                request.siteId(),
                query.database().catalogue(),
                request.mode().wire(),
                request.command().type().wire(),
                request.command().text(),
                outcomeName(result),
                error(result),
                rows(result),
                result.elapsed().executing(),
                null,
                null);
    }

    private static String outcomeName(ExecutionResult result) {
        if (result instanceof ExecutionResult.Failed) {
            return "failed";
        }
        return result instanceof ExecutionResult.Rows ? "rows" : "affected";
    }

    private static String error(ExecutionResult result) {
        return result instanceof ExecutionResult.Failed failed
                ? failed.failure().type().wire() + " " + failed.failure().code()
                : null;
    }

    private static long rows(ExecutionResult result) {
        if (result instanceof ExecutionResult.Rows rows) {
            return rows.rows();
        }
        return result instanceof ExecutionResult.Affected affected ? affected.rowsAffected() : 0;
    }

    @Override
    public void close() {
        threads.close();
        runner.close();
    }
}
