package dev.halo.link.execution;

import dev.halo.link.execution.ExecutionResult.Affected;
import dev.halo.link.execution.ExecutionResult.Failed;
import dev.halo.link.execution.ExecutionResult.Rows;
import dev.halo.link.firebird.FirebirdErrors;
import dev.halo.link.firebird.Lease;
import dev.halo.link.firebird.Session;
import dev.halo.link.sql.ParameterValues;
import dev.halo.protocol.query.ExecutionMode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.concurrent.Future;
import org.firebirdsql.gds.ng.FbStatement;
import org.firebirdsql.gds.ng.SqlCountHolder;
import org.firebirdsql.gds.ng.fields.RowDescriptor;
import org.firebirdsql.jdbc.FirebirdPreparedStatement;

/** One try to run a command on one connection: a transaction of its own from its start to its commit. */
final class Attempt {

    /** The query was stopped; the {@link CancelToken} knows why. */
    static final class Stopped extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Stopped() {
            super(null, null, false, false);
        }
    }

    /** The connection was lost while a COMMIT was under way. */
    static final class OutcomeUnknown extends Exception {

        private static final long serialVersionUID = 1L;

        OutcomeUnknown(Exception cause) {
            super("the connection was lost during COMMIT", cause);
        }
    }

    /** The journal could not be written before the statement. */
    static final class JournalClosed extends IOException {

        private static final long serialVersionUID = 1L;

        JournalClosed(IOException cause) {
            super("the journal could not be written", cause);
        }
    }

    /** A row of the widest table has 64 KiB. */
    private static final int MIN_FETCH_ROWS = 16;

    private final Execution execution;
    private final Plan plan;
    private final CancelToken cancel;
    private final WriteGate gate;
    private final RowSink sink;
    private final Stopwatch clock;
    private final ExecutionConfig config;
    private final Watchdog watchdog;
    private final ParameterValues values;

    private boolean began;
    private boolean passedRows;

    Attempt(
            Execution execution,
            Plan plan,
            CancelToken cancel,
            WriteGate gate,
            RowSink sink,
            Stopwatch clock,
            Tools tools) {
        this.execution = execution;
        this.plan = plan;
        this.cancel = cancel;
        this.gate = gate;
        this.sink = sink;
        this.clock = clock;
        this.config = tools.config();
        this.watchdog = tools.watchdog();
        this.values = tools.values();
    }

    /** What all attempts share. */
    record Tools(ExecutionConfig config, Watchdog watchdog, ParameterValues values) {}

    /** Whether the journal has been told that the statement is about to write. */
    boolean began() {
        return began;
    }

    /** Whether nothing of it has been seen outside: neither a write nor a row. */
    boolean isRepeatable() {
        return !began && !passedRows;
    }

    /**
     * Runs the command and commits.
     *
     * @throws OutcomeUnknown if it cannot be told whether it was committed; after any other exception it was not
     */
    ExecutionResult run(Lease lease) throws SQLException, IOException, OutcomeUnknown {
        Session session = lease.session();
        checkNotStopped();
        if (plan.readOnly()) {
            session.readOnly();
        } else {
            session.readWrite((int) Math.max(1, config.lockTimeout().toSeconds()));
        }
        clock.call();
        Progress progress;
        try {
            progress = execute(session);
        } finally {
            clock.returned();
        }
        commit(lease, session.connection());
        return progress.result(clock);
    }

    private Progress execute(Session session) throws SQLException, IOException {
        Connection connection = session.connection();
        Plan.Ready ready = plan.ready(connection);
        StatementPolicy.checkText(ready.sql(), connection, session.charset());
        try (PreparedStatement statement =
                connection.prepareStatement(ready.sql().jdbc())) {
            int kind = StatementPolicy.checkKind(statement);
            limitFetch(statement);
            new ParameterBinder(values, (text, type) -> convert(connection, text, type))
                    .bind(statement, session.charset(), ready.bindings());
            List<Column> columns = columns(statement.getMetaData());
            OutputParameters outputs = new OutputParameters(plan.outputs());
            outputs.check(columns);
            checkNotStopped();
            if (!plan.readOnly()) {
                passGate();
            }
            boolean hasRows = statement.execute();
            boolean query = ready.sql().looksLikeQuery();
            return execution.command().executionMode() == ExecutionMode.NON_QUERY
                    ? change(statement, hasRows, query, columns, outputs)
                    : read(statement, hasRows && !isEmptyReturning(statement, ready, kind), columns, outputs);
        }
    }

    /** So many rows at once as are worth a round trip, and no more than fit into little memory. */
    private void limitFetch(PreparedStatement statement) throws SQLException {
        if (isScalar() && plan.readOnly()) {
            statement.setMaxRows(1);
            statement.setFetchSize(1);
            return;
        }
        RowDescriptor row = statement.unwrap(FbStatement.class).getRowDescriptor();
        long rowBytes = 1;
        for (int i = 0; row != null && i < row.getCount(); i++) {
            rowBytes += row.getFieldDescriptor(i).getLength();
        }
        long rows = Math.max(MIN_FETCH_ROWS, config.fetchBytes().asLongValue() / rowBytes);
        statement.setFetchSize((int) Math.min(config.fetchSize(), rows));
    }

    private void passGate() throws JournalClosed {
        try {
            gate.beforeWrite();
        } catch (IOException e) {
            throw new JournalClosed(e);
        }
        began = true;
    }

    private Progress change(
            PreparedStatement statement, boolean hasRows, boolean query, List<Column> columns, OutputParameters outputs)
            throws SQLException, IOException {
        if (hasRows) {
            try (ResultSet rows = statement.getResultSet()) {
                while (rows.next()) {
                    checkNotStopped();
                    outputs.read(rows, columns);
                }
            }
        }
        long affected = query ? 0 : counts(statement);
        return c -> new Affected(affected, outputs.values(), c.elapsed());
    }

    private Progress read(PreparedStatement statement, boolean hasRows, List<Column> columns, OutputParameters outputs)
            throws SQLException, IOException {
        boolean scalar = isScalar();
        List<Column> shown = scalar && columns.size() > 1 ? columns.subList(0, 1) : columns;
        try (ResultWriter writer =
                new ResultWriter(counted(), execution.limits().maxResultBytes())) {
            if (hasRows) {
                try (ResultSet rows = statement.getResultSet()) {
                    boolean wanted = true;
                    while (wanted && rows.next()) {
                        checkNotStopped();
                        outputs.read(rows, columns);
                        if (!scalar || writer.rows() == 0) {
                            write(writer, rows, shown);
                        }
                        // A procedure that writes runs to its end, whoever looks at its rows.
                        wanted = !scalar || !plan.readOnly();
                    }
                }
            }
            writer.finish();
            ResultOverflow overflow = writer.overflow();
            long rows = writer.rows();
            long bytes = writer.bytes();
            return c -> overflow == null
                    ? new Rows(rows, bytes, outputs.values(), c.elapsed())
                    : new Failed(overflow.failure(true), c.elapsed());
        }
    }

    private void write(ResultWriter writer, ResultSet row, List<Column> columns) throws SQLException, IOException {
        clock.returned();
        try {
            writer.row(row, columns);
        } catch (ResultOverflow e) {
            if (plan.readOnly()) {
                throw e;
            }
            // Half of a procedure's work must not be committed, nor all of it be lost for its size: it runs to its end.
            writer.discard(e);
        } finally {
            clock.call();
        }
    }

    private RowSink counted() {
        return new RowSink() {
            @Override
            public long pageBytes() {
                return sink.pageBytes();
            }

            @Override
            public void page(ResultPage page) throws IOException {
                passedRows = true;
                sink.page(page);
            }
        };
    }

    private void commit(Lease lease, Connection connection) throws SQLException, OutcomeUnknown {
        if (!cancel.tryCommit()) {
            throw new Stopped();
        }
        Duration limit = config.commitTimeout();
        Future<?> drop = watchdog.urgentlyAfter(limit, () -> lease.session().drop());
        clock.call();
        try {
            connection.commit();
        } catch (SQLException e) {
            if (plan.readOnly()) {
                lease.spoil();
            } else if (FirebirdErrors.isConnectionLost(e)) {
                throw new OutcomeUnknown(e);
            } else {
                throw e;
            }
        } catch (RuntimeException e) {
            lease.spoil();
            if (!plan.readOnly()) {
                throw new OutcomeUnknown(e);
            }
        } finally {
            clock.returned();
            drop.cancel(false);
        }
    }

    private boolean isScalar() {
        return execution.command().executionMode() == ExecutionMode.SCALAR;
    }

    private void checkNotStopped() {
        if (cancel.isStopped()) {
            throw new Stopped();
        }
    }

    private static List<Column> columns(ResultSetMetaData meta) throws SQLException {
        return meta == null ? List.of() : Column.of(meta);
    }

    /** A 3.0 server answers RETURNING with a row of NULLs where no row was changed. */
    private static boolean isEmptyReturning(PreparedStatement statement, Plan.Ready ready, int kind)
            throws SQLException {
        return kind == FirebirdPreparedStatement.TYPE_EXEC_PROCEDURE
                && !ready.sql().startsWith("EXECUTE")
                && counts(statement) == 0;
    }

    private static long counts(PreparedStatement statement) throws SQLException {
        SqlCountHolder counts = statement.unwrap(FbStatement.class).getSqlCounts();
        return counts == null ? 0 : counts.insertCount() + counts.updateCount() + counts.deleteCount();
    }

    private static Object convert(Connection connection, String text, String type) throws SQLException {
        try (PreparedStatement convert =
                connection.prepareStatement("select cast(cast(? as varchar(255)) as " + type + ") from rdb$database")) {
            convert.setString(1, text);
            try (ResultSet row = convert.executeQuery()) {
                row.next();
                return switch (type) {
                    case "DATE" -> row.getObject(1, LocalDate.class);
                    case "TIME" -> row.getObject(1, LocalTime.class);
                    case "TIMESTAMP" -> row.getObject(1, LocalDateTime.class);
                    default -> row.getObject(1);
                };
            }
        }
    }

    /** What has been reached, to be told once the transaction has been committed. */
    @FunctionalInterface
    private interface Progress {
        ExecutionResult result(Stopwatch clock);
    }
}
