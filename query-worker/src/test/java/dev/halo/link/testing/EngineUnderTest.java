package dev.halo.link.testing;

import dev.halo.link.execution.CancelToken;
import dev.halo.link.execution.Execution;
import dev.halo.link.execution.ExecutionLimits;
import dev.halo.link.execution.ExecutionResult;
import dev.halo.link.execution.QueryEngine;
import dev.halo.link.execution.ResultPage;
import dev.halo.link.execution.RowSink;
import dev.halo.link.execution.WriteGate;
import dev.halo.link.firebird.SiteGuard;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.CommandType;
import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.ParameterType;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An engine with the defaults, and short ways to ask it. */
public final class EngineUnderTest implements AutoCloseable {

    /** The answer to one command. */
    public record Answer(ExecutionResult result, String json) {

        public ExecutionResult.Rows rows() {
            return (ExecutionResult.Rows) result;
        }

        public ExecutionResult.Affected affected() {
            return (ExecutionResult.Affected) result;
        }

        public QueryFailure failure() {
            return ((ExecutionResult.Failed) result).failure();
        }
    }

    /** Keeps one page: the whole result. */
    public static final class Whole implements RowSink {
        private String json;

        @Override
        public long pageBytes() {
            return Long.MAX_VALUE;
        }

        @Override
        public void page(ResultPage page) {
            json = new String(page.toByteArray(), StandardCharsets.UTF_8);
        }

        public String json() {
            return json;
        }
    }

    /** A gate that is always open. */
    public static final WriteGate OPEN = new WriteGate() {
        @Override
        public void beforeWrite() {
            // Nothing to record.
        }

        @Override
        public void ended(ExecutionResult result) {
            // Nothing to record.
        }
    };

    private final QueryEngine engine;
    private final TestDatabase database;

    public EngineUnderTest(TestDatabase database) {
        this(database, Map.of(), Map.of(), site -> Optional.empty());
    }

    public EngineUnderTest(
            TestDatabase database, Map<String, String> firebird, Map<String, String> execution, SiteGuard guard) {
        this.database = database;
        this.engine = new QueryEngine(Settings.firebird(firebird), Settings.execution(execution), guard);
    }

    public QueryEngine engine() {
        return engine;
    }

    public Answer reader(String sql, Parameter... parameters) {
        return run(text(ExecutionMode.READER, sql, parameters));
    }

    public Answer scalar(String sql, Parameter... parameters) {
        return run(text(ExecutionMode.SCALAR, sql, parameters));
    }

    public Answer nonQuery(String sql, Parameter... parameters) {
        return run(text(ExecutionMode.NON_QUERY, sql, parameters));
    }

    public Answer procedure(ExecutionMode mode, String name, Parameter... parameters) {
        return run(new Command(name, mode, CommandType.STORED_PROCEDURE, List.of(parameters)));
    }

    public Answer run(Command command) {
        return run(command, OPEN, new CancelToken());
    }

    public Answer run(Command command, WriteGate gate, CancelToken token) {
        Whole sink = new Whole();
        ExecutionResult result = engine.run(execution(command), sink, gate, token);
        return new Answer(result, sink.json());
    }

    public Execution execution(Command command) {
        return new Execution(database.site(), database.login(), command, ExecutionLimits.of(QueryMode.IMMEDIATE));
    }

    public static Command text(ExecutionMode mode, String sql, Parameter... parameters) {
        return new Command(sql, mode, CommandType.TEXT, List.of(parameters));
    }

    public static Parameter in(String name, ParameterType type, String value) {
        return new Parameter(name, Direction.INPUT, type, value, null);
    }

    public static Parameter out(String name, Direction direction) {
        return new Parameter(name, direction, null, null, null);
    }

    @Override
    public void close() {
        engine.close();
    }
}
