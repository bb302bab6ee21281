package dev.halo.link.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.link.testing.EngineUnderTest;
import dev.halo.link.testing.EngineUnderTest.Whole;
import dev.halo.link.testing.TestDatabase;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.test.Background;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever stops a query ends its statement in Firebird too. */
class StoppingIT {

    private static final String ENDLESS =
            "select count(*) from rdb$fields a, rdb$fields b, rdb$fields c, rdb$fields d, rdb$fields e";
    private static final String ENDLESS_ROWS =
            "select a.rdb$field_name from rdb$fields a, rdb$fields b, rdb$fields c, rdb$fields d";
    private static final String ENDLESS_WRITE =
            "update T set V = (select count(*) from rdb$fields a, rdb$fields b, rdb$fields c, rdb$fields d, rdb$fields e)";

    private static TestDatabase database;
    private EngineUnderTest engine;

    @BeforeAll
    static void create() {
        database = TestDatabase.create("WIN1252", """
                create table T (ID integer, V bigint);
                insert into T values (1, 1);
                grant all on T to role HALO_INTEGRATOR;
                """);
    }

    @BeforeEach
    void start() {
        engine = new EngineUnderTest(
                database,
                Map.of("halo.link.firebird.login-check", "1S"),
                Map.of("halo.link.execution.lock-timeout", "2S"),
                site -> Optional.empty());
    }

    @AfterEach
    void stop() {
        engine.close();
        await().atMost(Duration.ofSeconds(60)).until(() -> database.runningStatements() == 0);
    }

    @Test
    void cancelsARead() throws Exception {
        CancelToken token = new CancelToken();
        CompletableFuture<ExecutionResult> running = startQuery(ENDLESS, ExecutionMode.READER, token);

        token.stop(StopCause.CANCELLED);

        assertThat(failure(running).is(LinkErrorCode.CANCELLED)).isTrue();
        assertThat(database.runningStatements()).isZero();
    }

    @Test
    void cancelsAWriteAndRollsItBack() throws Exception {
        CancelToken token = new CancelToken();
        CompletableFuture<ExecutionResult> running = startQuery(ENDLESS_WRITE, ExecutionMode.NON_QUERY, token);

        token.stop(StopCause.CANCELLED);

        assertThat(failure(running).is(LinkErrorCode.CANCELLED)).isTrue();
        assertThat(database.value("select V from T")).isEqualTo("1");
    }

    @Test
    void cancelsWhileRowsAreRead() throws Exception {
        CancelToken token = new CancelToken();
        RowSink sink = new RowSink() {
            @Override
            public long pageBytes() {
                return 1024 * 1024;
            }

            @Override
            public void page(ResultPage page) {
                if (page.number() == 3) {
                    token.stop(StopCause.CANCELLED);
                }
            }
        };
        Execution execution = execution(ENDLESS_ROWS, ExecutionMode.READER, ExecutionLimits.UNBOUNDED, 60);

        ExecutionResult result = engine.engine().run(execution, sink, EngineUnderTest.OPEN, token);

        assertThat(((ExecutionResult.Failed) result).failure().is(LinkErrorCode.CANCELLED))
                .isTrue();
    }

    @Test
    void endsAStatementAtItsLimit() {
        Execution execution = execution(ENDLESS, ExecutionMode.SCALAR, ExecutionLimits.UNBOUNDED, 1);

        ExecutionResult result = engine.engine().run(execution, new Whole(), EngineUnderTest.OPEN, new CancelToken());

        assertThat(((ExecutionResult.Failed) result).failure().is(LinkErrorCode.EXECUTION_LIMIT))
                .isTrue();
        assertThat(result.elapsed().executing()).isBetween(900L, 30_000L);
        assertThat(database.runningStatements()).isZero();
    }

    @Test
    void stopsBeforeItStarts() {
        CancelToken token = new CancelToken();
        token.stop(StopCause.SUPERSEDED);

        EngineUnderTest.Answer answer = engine.run(
                EngineUnderTest.text(ExecutionMode.NON_QUERY, "update T set V = 9"), EngineUnderTest.OPEN, token);

        assertThat(answer.failure().is(LinkErrorCode.SITE_SUPERSEDED)).isTrue();
        assertThat(database.value("select V from T")).isEqualTo("1");
    }

    @Test
    void revokesAtOnce() throws Exception {
        CompletableFuture<ExecutionResult> running = startQuery(ENDLESS, ExecutionMode.READER, new CancelToken());

        engine.engine().revoke(database.login().siteId(), database.login().integratorId());

        assertThat(failure(running).is(LinkErrorCode.INTEGRATOR_DISABLED)).isTrue();
        await().atMost(Duration.ofSeconds(60)).until(() -> engine.engine().openConnections() == 0);
    }

    @Test
    void stopsASite() throws Exception {
        CompletableFuture<ExecutionResult> running = startQuery(ENDLESS, ExecutionMode.READER, new CancelToken());

        engine.engine().revokeSite(database.site().siteId(), StopCause.SUPERSEDED);

        assertThat(failure(running).is(LinkErrorCode.SITE_SUPERSEDED)).isTrue();
    }

    @Test
    void stopsEverythingWhenItIsClosed() throws Exception {
        CompletableFuture<ExecutionResult> running = startQuery(ENDLESS, ExecutionMode.READER, new CancelToken());

        engine.close();

        assertThat(failure(running).is(LinkErrorCode.LINK_SHUTTING_DOWN)).isTrue();
        assertThat(engine.reader("select 1 from rdb$database").failure().is(LinkErrorCode.LINK_SHUTTING_DOWN))
                .isTrue();
        await().atMost(Duration.ofSeconds(60)).until(() -> database.integratorConnections() == 0);
    }

    @Test
    void noticesARevokedRoleWhileAStatementRuns() throws Exception {
        CompletableFuture<ExecutionResult> running = startQuery(ENDLESS, ExecutionMode.READER, new CancelToken());
        String role = database.login().role();
        String user = database.login().user();
        try {
            database.execute("revoke " + role + " from user " + user + ";");

            assertThat(failure(running).is(LinkErrorCode.INTEGRATOR_DISABLED)).isTrue();
        } finally {
            database.execute("grant " + role + " to user " + user + ";");
        }
    }

    @Test
    void tellsADisabledIntegratorFromALostConnection() throws Exception {
        CompletableFuture<ExecutionResult> running = startQuery(ENDLESS, ExecutionMode.READER, new CancelToken());
        String user = database.login().user();
        try {
            database.execute(
                    "alter user " + user + " inactive; delete from mon$attachments where mon$user = '" + user + "';");

            assertThat(failure(running).is(LinkErrorCode.INTEGRATOR_DISABLED)).isTrue();
        } finally {
            database.execute("alter user " + user + " active;");
        }
    }

    @Test
    void neitherWaitsForAWriterNorSeesWhatItHasNotCommitted() throws SQLException {
        try (Connection writer = database.connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("update T set V = 2");

            assertThat(engine.reader("select V from T").json()).isEqualTo("[{\"V\":1}]");
            EngineUnderTest.Answer conflict = engine.nonQuery("update T set V = 3");

            assertThat(conflict.failure().code()).isEqualTo(335544336);
            // Firebird counts whole seconds of the clock: two of them are more than one, and at most two.
            assertThat(conflict.result().elapsed().executing()).isBetween(900L, 30_000L);
            writer.rollback();
        }
    }

    @Test
    void neverHoldsALockOfAReader() throws Exception {
        CancelToken token = new CancelToken();
        CompletableFuture<ExecutionResult> running = startQuery(
                "select count(*) from T, rdb$fields a, rdb$fields b, rdb$fields c, rdb$fields d, rdb$fields e",
                ExecutionMode.READER,
                token);

        database.execute(
                "update T set V = V + 1; update T set V = V - 1; alter table T add X integer; alter table T drop X;");

        assertThat(running.isDone()).isFalse();
        token.stop(StopCause.CANCELLED);
        failure(running);
    }

    private CompletableFuture<ExecutionResult> startQuery(String sql, ExecutionMode mode, CancelToken token) {
        Execution execution = execution(sql, mode, ExecutionLimits.UNBOUNDED, 60);
        CompletableFuture<ExecutionResult> running =
                Background.supply(() -> engine.engine().run(execution, new Whole(), EngineUnderTest.OPEN, token));
        await().atMost(Duration.ofSeconds(60)).until(() -> database.runningStatements() == 1 || running.isDone());
        return running;
    }

    private Execution execution(String sql, ExecutionMode mode, long maxBytes, int seconds) {
        Command command = EngineUnderTest.text(mode, sql);
        Duration limit = Duration.ofSeconds(seconds);
        return new Execution(database.site(), database.login(), command, new ExecutionLimits(limit, limit, maxBytes));
    }

    private static QueryFailure failure(CompletableFuture<ExecutionResult> running) throws Exception {
        return ((ExecutionResult.Failed) running.get(60, TimeUnit.SECONDS)).failure();
    }
}
