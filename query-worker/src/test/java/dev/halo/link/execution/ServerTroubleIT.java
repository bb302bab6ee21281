package dev.halo.link.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.embedded.EmbeddedFirebird;
import dev.halo.link.testing.EngineUnderTest;
import dev.halo.link.testing.EngineUnderTest.Answer;
import dev.halo.link.testing.EngineUnderTest.Whole;
import dev.halo.link.testing.TestDatabase;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that goes away, comes back, or stops answering. */
class ServerTroubleIT {

    @TempDir
    static Path folder;

    private static EmbeddedFirebird server;
    private static TestDatabase database;
    private EngineUnderTest engine;

    @BeforeAll
    static void startServer() {
        server = EmbeddedFirebird.start(folder, 0);
        database = TestDatabase.create(server, "WIN1252", """
                create table T (ID integer);
                grant all on T to role HALO_INTEGRATOR;
                """);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void start() {
        server.start();
        database.execute("delete from T;");
        engine = new EngineUnderTest(
                database,
                Map.of("halo.link.firebird.connect-timeout", "30S"),
                Map.of("halo.link.execution.cancel-grace", "1S", "halo.link.execution.commit-timeout", "1S"),
                site -> Optional.empty());
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void recoversByItself() {
        assertThat(engine.scalar("select count(*) as N from T").json()).isEqualTo("[{\"N\":0}]");

        server.kill();
        QueryFailure down = engine.scalar("select count(*) as N from T").failure();
        server.start();

        assertThat(down.is(LinkErrorCode.INTERNAL)).isTrue();
        assertThat(down.message()).contains("cannot be reached").doesNotContain("127.0.0.1");
        assertThat(engine.scalar("select count(*) as N from T").json()).isEqualTo("[{\"N\":0}]");
    }

    @Test
    void takesAFreshConnectionForOneThatHasDied() {
        engine.scalar("select count(*) as N from T");

        server.kill();
        server.start();

        assertThat(engine.nonQuery("insert into T values (1)").affected().rowsAffected())
                .isEqualTo(1);
    }

    @Test
    void knowsThatAWriteWasNotCommittedWhenTheServerDiesBefore() {
        Answer answer = engine.run(
                EngineUnderTest.text(ExecutionMode.NON_QUERY, "insert into T values (1)"),
                new WriteGate() {
                    @Override
                    public void beforeWrite() {
                        server.kill();
                    }

                    @Override
                    public void ended(ExecutionResult result) {
                        // Seen in the answer.
                    }
                },
                new CancelToken());
        server.start();

        assertThat(answer.failure().is(LinkErrorCode.INTERNAL)).isTrue();
        assertThat(database.value("select count(*) from T")).isEqualTo("0");
    }

    @Test
    void doesNotKnowWhetherACommitCameThrough() {
        Execution execution =
                engine.execution(EngineUnderTest.text(ExecutionMode.READER, "insert into T values (1) returning ID"));
        RowSink sink = atPage(server::kill);

        ExecutionResult result = engine.engine().run(execution, sink, EngineUnderTest.OPEN, new CancelToken());
        server.start();

        assertThat(((ExecutionResult.Failed) result).failure().is(LinkErrorCode.OUTCOME_UNKNOWN))
                .isTrue();
    }

    @Test
    void waitsForACommitOnlySoLong() {
        Execution execution =
                engine.execution(EngineUnderTest.text(ExecutionMode.READER, "insert into T values (1) returning ID"));
        long pid = server.pid();

        ExecutionResult result;
        try {
            result = engine.engine()
                    .run(execution, atPage(() -> signal("-STOP", pid)), EngineUnderTest.OPEN, new CancelToken());
        } finally {
            signal("-CONT", pid);
        }

        assertThat(((ExecutionResult.Failed) result).failure().is(LinkErrorCode.OUTCOME_UNKNOWN))
                .isTrue();
        assertThat(result.elapsed().executing()).isLessThan(30_000);
    }

    @Test
    void dropsAConnectionThatDoesNotAnswerACancel() {
        Execution execution = new Execution(
                database.site(),
                database.login(),
                EngineUnderTest.text(ExecutionMode.NON_QUERY, "insert into T select 1 from rdb$fields"),
                new ExecutionLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), ExecutionLimits.UNBOUNDED));
        long pid = server.pid();
        WriteGate freezing = new WriteGate() {
            @Override
            public void beforeWrite() {
                signal("-STOP", pid);
            }

            @Override
            public void ended(ExecutionResult result) {
                // Seen in the result.
            }
        };

        ExecutionResult result;
        try {
            result = engine.engine().run(execution, new Whole(), freezing, new CancelToken());
        } finally {
            signal("-CONT", pid);
        }

        assertThat(((ExecutionResult.Failed) result).failure().is(LinkErrorCode.EXECUTION_LIMIT))
                .isTrue();
        assertThat(result.elapsed().executing()).isBetween(1_500L, 30_000L);
        assertThat(database.value("select count(*) from T")).isEqualTo("0");
    }

    private static RowSink atPage(Runnable act) {
        return new RowSink() {
            @Override
            public long pageBytes() {
                return Long.MAX_VALUE;
            }

            @Override
            public void page(ResultPage page) {
                act.run();
            }
        };
    }

    private static void signal(String signal, long pid) {
        try {
            new ProcessBuilder("kill", signal, Long.toString(pid)).start().waitFor();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
