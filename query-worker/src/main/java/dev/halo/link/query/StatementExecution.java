package dev.halo.link.query;

import dev.halo.link.audit.AuditEntry;
import dev.halo.link.audit.AuditLog;
import dev.halo.link.enablement.EnablementService;
import dev.halo.link.execution.CancelToken;
import dev.halo.link.execution.Execution;
import dev.halo.link.execution.ExecutionLimits;
import dev.halo.link.execution.ExecutionResult;
import dev.halo.link.execution.RowSink;
import dev.halo.link.execution.StatementRunner;
import dev.halo.link.execution.WriteGate;
import dev.halo.link.firebird.IntegratorLogin;
import dev.halo.link.firebird.SiteDatabase;
import dev.halo.link.journal.WriteJournal;
import dev.halo.protocol.query.QueryBounds;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Runs one statement of whatever class on the calling thread: limits, trace, metrics, audit. */
public final class StatementExecution implements AutoCloseable {

    private final StatementRunner runner;
    private final EnablementService enablement;
    private final WriteJournal journal;
    private final AuditLog audit;
    private final QueryMetrics metrics;
    private final QueryTracing tracing;
    private final Function<QueryMode, ExecutionLimits> limits;
    private final InstantSource clock;

    /** @param runner closed with this */
    public StatementExecution(
            StatementRunner runner,
            EnablementService enablement,
            Records records,
            Observation observation,
            Function<QueryMode, ExecutionLimits> limits,
            InstantSource clock) {
        this.runner = runner;
        this.enablement = enablement;
        this.journal = records.journal();
        this.audit = records.audit();
        this.metrics = observation.metrics();
        this.tracing = observation.tracing();
        this.limits = limits;
        this.clock = clock;
    }

    /** What is written down of a query. */
    public record Records(WriteJournal journal, AuditLog audit) {}

    /** What operators see of it. */
    public record Observation(QueryMetrics metrics, QueryTracing tracing) {}

    /**
     * One statement that has its slots.
     *
     * @param request whose id the journal goes by
     * @param auditId by which the practice finds it: of the query, or of the registered query that it is a run of
     * @param trace W3C trace context of the HTTP call that it came from, empty where there is none
     * @param queuedMillis how long it waited
     */
    public record Statement(
            QueryRequest request,
            UUID auditId,
            SiteDatabase database,
            IntegratorLogin login,
            Map<String, String> trace,
            long queuedMillis) {

        /** Never the statement. */
        @Override
        public String toString() {
            return "Statement[" + request.queryId() + "]";
        }
    }

    /** Runs it to its end. */
    public ExecutionResult run(Statement statement, RowSink sink, WriteGate gate, CancelToken cancel) {
        QueryRequest request = statement.request();
        Execution execution =
                new Execution(statement.database(), statement.login(), request.command(), bounds(request.mode()));
        ExecutionResult result = tracing.within(
                request,
                statement.trace(),
                ExecutionResult.Failed.class::isInstance,
                () -> runner.run(execution, sink, gate, cancel));
        metrics.ran(request.mode(), statement.queuedMillis(), result.elapsed().executing());
        audit.append(entry(statement, result));
        return result;
    }

    /** Only an async's result leaves memory while it is read; every other is held as a whole, whatever its class allows. */
    private ExecutionLimits bounds(QueryMode mode) {
        ExecutionLimits of = limits.apply(mode);
        return mode == QueryMode.ASYNC
                ? of
                : new ExecutionLimits(
                        of.read(), of.write(), Math.min(of.maxResultBytes(), QueryBounds.MAX_IMMEDIATE_RESULT_BYTES));
    }

    /** How long a reading statement of this class may execute. */
    Duration readLimit(QueryMode mode) {
        return limits.apply(mode).read();
    }

    /** The database user of an integrator at a site; empty where the practice has not enabled it. */
    public Optional<IntegratorLogin> login(UUID siteId, UUID integratorId) {
        return enablement.login(siteId, integratorId);
    }

    /** Where the statements that write are recorded. */
    public WriteJournal journal() {
        return journal;
    }

    /** What is counted. */
    public QueryMetrics metrics() {
        return metrics;
    }

    StatementRunner runner() {
        return runner;
    }

    private AuditEntry entry(Statement statement, ExecutionResult result) {
        QueryRequest request = statement.request();
        return new AuditEntry(
                0,
                clock.instant(),
                statement.auditId(),
                request.integratorId(),
                enablement.name(request.siteId(), request.integratorId()),
                request.siteId(),
                statement.database().catalogue(),
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
        runner.close();
    }
}
