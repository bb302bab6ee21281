package dev.halo.link.execution;

import static dev.halo.link.testing.EngineUnderTest.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.link.testing.EngineUnderTest;
import dev.halo.link.testing.EngineUnderTest.Answer;
import dev.halo.link.testing.TestDatabase;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.CommandType;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.ParameterType;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the journal is told, and when. */
class WriteGateIT {

    private static TestDatabase database;
    private static EngineUnderTest engine;
    /** To look with: to log in takes longer than what is looked at. */
    private static Connection look;

    /** Stops that come ever later, from before the statement runs to after its commit. */
    private static final int RACES = 10;

    private final CancelToken token = new CancelToken();
    private final Recorder gate = new Recorder();

    /** Notes each call with what the database holds at that moment. */
    private final class Recorder implements WriteGate {
        private final List<String> calls = new ArrayList<>();
        private final List<ExecutionResult> results = new ArrayList<>();
        private StopCause stopBefore;
        private IOException refusal;

        @Override
        public void beforeWrite() throws IOException {
            calls.add("before " + count(""));
            if (stopBefore != null) {
                token.stop(stopBefore);
            }
            if (refusal != null) {
                throw refusal;
            }
        }

        @Override
        public void ended(ExecutionResult result) {
            calls.add("ended " + count(""));
            results.add(result);
        }
    }

    private static int count(String where) {
        try (Statement statement = look.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from T " + where)) {
            row.next();
            return row.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeAll
    static void start() throws SQLException {
        database = TestDatabase.create("WIN1252", """
                create table T (ID integer not null primary key);
                set term ^;
                create procedure ADD_T returns (ID integer) as begin id = 7; insert into t values (:id); end^
                set term ;^
                grant all on T to role HALO_INTEGRATOR;
                grant execute on procedure ADD_T to role HALO_INTEGRATOR; grant all on T to procedure ADD_T;
                """);
        engine = new EngineUnderTest(database);
        look = database.connect();
    }

    @AfterAll
    static void stop() throws SQLException {
        look.close();
        engine.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        execute("delete from T");
    }

    private static void execute(String sql) throws SQLException {
        try (Statement statement = look.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    @Test
    void isToldBeforeTheStatementRunsAndAfterItIsCommitted() {
        Answer answer = run(ExecutionMode.NON_QUERY, "insert into T values (1)");

        assertThat(gate.calls).containsExactly("before 0", "ended 1");
        assertThat(gate.results).containsExactly(answer.result());
    }

    @Test
    void isToldOfProceduresAndReturning() {
        run(ExecutionMode.READER, "insert into T values (1) returning ID");
        engine.run(
                new Command("ADD_T", ExecutionMode.SCALAR, CommandType.STORED_PROCEDURE, List.of()),
                gate,
                new CancelToken());
        run(ExecutionMode.NON_QUERY, "select * from T");

        assertThat(gate.calls).containsExactly("before 0", "ended 1", "before 1", "ended 2", "before 2", "ended 2");
    }

    @Test
    void isNotAskedForReads() {
        run(ExecutionMode.READER, "select * from T");
        run(ExecutionMode.SCALAR, "with X as (select 1 as A from rdb$database) select A from X");

        assertThat(gate.calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drop table T",
                "execute block as begin end",
                "insert into NO_SUCH values (1)",
                "insert into T values (@missing)",
                "insert into T values ("
            })
    void isNotAskedForWhatIsRefused(String sql) {
        assertThat(run(ExecutionMode.NON_QUERY, sql).result()).isInstanceOf(ExecutionResult.Failed.class);

        assertThat(gate.calls).isEmpty();
    }

    @Test
    void isNotAskedForAParameterThatDoesNotFit() {
        engine.run(
                EngineUnderTest.text(
                        ExecutionMode.NON_QUERY, "insert into T values (@v)", in("v", ParameterType.INT, "x")),
                gate,
                token);

        assertThat(gate.calls).isEmpty();
    }

    @Test
    void keepsTheStatementFromRunningWhenItCannotRecordIt() {
        gate.refusal = new IOException("no space left");

        Answer answer = run(ExecutionMode.NON_QUERY, "insert into T values (1)");

        assertThat(answer.failure().is(LinkErrorCode.INTERNAL)).isTrue();
        assertThat(answer.failure().message()).contains("was not run").doesNotContain("no space");
        assertThat(gate.calls).containsExactly("before 0");
        assertThat(count("")).isZero();
        assertThat(engine.reader("select * from T").json()).isEqualTo("[]");
    }

    @Test
    void isToldOfAFailure() throws SQLException {
        execute("insert into T values (1)");

        Answer answer = run(ExecutionMode.NON_QUERY, "insert into T values (1)");

        assertThat(answer.failure().code()).isEqualTo(335544665);
        assertThat(gate.calls).containsExactly("before 1", "ended 1");
        assertThat(gate.results).containsExactly(answer.result());
    }

    @Test
    void letsNothingBeCommittedOnceAStopHasWon() {
        gate.stopBefore = StopCause.CANCELLED;

        Answer answer = run(ExecutionMode.NON_QUERY, "insert into T values (1)");

        assertThat(answer.failure().is(LinkErrorCode.CANCELLED)).isTrue();
        assertThat(gate.calls).containsExactly("before 0", "ended 0");
    }

    @Test
    void letsNoStopWinOnceTheCommitHasBegun() {
        run(ExecutionMode.NON_QUERY, "insert into T values (1)");

        assertThat(token.stop(StopCause.CANCELLED)).isFalse();
        assertThat(count("")).isEqualTo(1);
    }

    @Test
    void letsEitherTheStopOrTheCommitWin() throws InterruptedException {
        for (int i = 0; i < RACES; i++) {
            CancelToken racing = new CancelToken();
            CountDownLatch started = new CountDownLatch(1);
            boolean[] stopped = new boolean[1];
            int spins = i * 6_000;
            Thread stopper = new Thread(() -> {
                started.countDown();
                for (int spin = 0; spin < spins; spin++) {
                    Thread.onSpinWait();
                }
                stopped[0] = racing.stop(StopCause.CANCELLED);
            });
            WriteGate starting = new WriteGate() {
                @Override
                public void beforeWrite() {
                    stopper.start();
                }

                @Override
                public void ended(ExecutionResult result) {
                    // Seen in the answer.
                }
            };

            Answer answer = engine.run(
                    EngineUnderTest.text(ExecutionMode.NON_QUERY, "insert into T values (" + (100 + i) + ")"),
                    starting,
                    racing);
            stopper.join();

            assertThat(count("where ID = " + (100 + i))).isEqualTo(stopped[0] ? 0 : 1);
            assertThat(answer.result() instanceof ExecutionResult.Affected).isEqualTo(!stopped[0]);
        }
    }

    private Answer run(ExecutionMode mode, String sql) {
        return engine.run(
                EngineUnderTest.text(mode, sql),
                gate,
                sql.startsWith("insert into T values (1)") ? token : new CancelToken());
    }
}
