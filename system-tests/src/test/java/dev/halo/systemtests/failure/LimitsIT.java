package dev.halo.systemtests.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.local.ServiceName;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.Endless;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.PendingAnswer;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What runs or waits too long ends, in the answer and in Firebird. The Link has shorter limits here. */
@SystemTest
@Order(SuiteUnderTest.AFTER_THE_ORDINARY)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final SuiteUnderTest suite;
    private final Demo demo;

    LimitsIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @BeforeAll
    void shortenTheLimits() {
        suite.restart(
                ServiceName.LINK,
                Map.of(
                        "halo.link.execution.read-limit",
                        "8S",
                        "halo.link.execution.async-read-limit",
                        "4S",
                        "halo.link.execution.write-limit",
                        "3S"));
        suite.awaitOnline();
    }

    @AfterAll
    void restoreTheLimits() {
        suite.restart(ServiceName.LINK, Map.of());
        suite.awaitOnline();
    }

    @Test
    void aQueryThatRunsTooLongIsCancelledInFirebird() {
        // Given an immediate one and a run of a registered one
        String registered = IntegratorClient.registeredPath(demo.siteId())
                + "/"
                + suite.integratorC()
                        .register(
                                demo.siteId(),
                                Endless.read("LIMIT_READ_OF_A_RUN").registered("Too long", 60, 3_600))
                        .id();
        PendingAnswer pending = suite.integratorA().start(demo.siteId(), Endless.read("LIMIT_READ"));
        await().atMost(SOON).until(() -> isRunning("LIMIT_READ"));

        // When
        Answer answer = pending.await();

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(504);
        assertThat(answer.json().path("status").asText()).isEqualTo("executionFailed");
        assertThat(answer.errorType()).isEqualTo("haloLink");
        assertThat(answer.errorCode()).isEqualTo(1003);
        await().atMost(SOON).until(() -> !isRunning("LIMIT_READ"));
        assertThat(suite.integratorA().query(demo.siteId(), answer.id()).errorCode())
                .isEqualTo(1003);

        // And the run, which does not end the registration
        Answer failed = await().atMost(SOON)
                .until(
                        () -> suite.integratorC().get(registered),
                        one -> one.json()
                                        .path("metrics")
                                        .path("executionFailedCount")
                                        .asInt()
                                == 1);
        assertThat(failed.queryStatus()).isEqualTo("enabled");
        assertThat(failed.json().path("lastErrorDetails").path("errorType").asText())
                .isEqualTo("haloLink");
        assertThat(failed.json().path("lastErrorDetails").path("errorCode").asInt())
                .isEqualTo(1003);
        assertThat(isRunning("LIMIT_READ_OF_A_RUN")).isFalse();
        suite.integratorC().send("DELETE", registered, null, null);
    }

    @Test
    void anAsyncHasALimitOfItsOwnFromItsStartOn() {
        // Given
        String id = suite.integratorC()
                .async(demo.siteId(), Endless.read("LIMIT_ASYNC"))
                .id();
        String write = suite.integratorC()
                .async(demo.siteId(), Endless.write("LIMIT_ASYNC_WRITE"))
                .id();

        // When
        Answer ended = suite.integratorC().awaitEnded(demo.siteId(), id);

        // Then
        assertThat(ended.queryStatus()).as("%s", ended).isEqualTo("executionFailed");
        assertThat(ended.errorType()).isEqualTo("haloLink");
        assertThat(ended.errorCode()).isEqualTo(1003);
        assertThat(executed(ended)).isBetween(Duration.ofMillis(3_800), Duration.ofSeconds(8));
        await().atMost(SOON).until(() -> !isRunning("LIMIT_ASYNC"));

        // And a statement that can write has that of all such statements, and is rolled back
        Answer rolledBack = suite.integratorC().awaitEnded(demo.siteId(), write);
        assertThat(rolledBack.queryStatus()).as("%s", rolledBack).isEqualTo("executionFailed");
        assertThat(rolledBack.errorCode()).isEqualTo(1003);
        assertThat(executed(rolledBack)).isBetween(Duration.ofMillis(2_800), executed(ended));
        assertThat(suite.practiceServer().texts("select count(*) from APPOINTMENTS where REASON = 'LIMIT_ASYNC_WRITE'"))
                .containsExactly("0");
    }

    @Test
    void aWriteThatRunsTooLongIsRolledBack() {
        // Given
        PendingAnswer pending = suite.integratorA().start(demo.siteId(), Endless.write("LIMIT_WRITE"));
        await().atMost(SOON).until(() -> isRunning("LIMIT_WRITE"));

        // When
        Answer answer = pending.await();

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(504);
        assertThat(answer.errorCode()).isEqualTo(1003);
        await().atMost(SOON).until(() -> !isRunning("LIMIT_WRITE"));
        assertThat(suite.practiceServer().texts("select count(*) from APPOINTMENTS where REASON = 'LIMIT_WRITE'"))
                .containsExactly("0");
    }

    @Test
    void hangingUpCancelsTheQuery() {
        // Given
        PendingAnswer pending = suite.integratorC().start(demo.siteId(), Endless.read("HANG_UP"));
        await().atMost(SOON).until(() -> isRunning("HANG_UP"));

        // When
        pending.hangUp();

        // Then well before the execution limit would have ended it
        await().atMost(Duration.ofSeconds(5)).until(() -> !isRunning("HANG_UP"));
    }

    @Test
    void whatCannotStartInTimeExpiresInTheQueue() {
        // Given all that one integrator may run at once, busy
        List<PendingAnswer> busy = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            busy.add(suite.integratorA()
                    .start(demo.siteId(), Endless.read("BUSY").maxTimeInQueue(30_000)));
        }
        await().atMost(SOON).until(() -> isRunning("BUSY"));

        // When
        Answer atOnce = suite.integratorA()
                .immediate(
                        demo.siteId(),
                        QueryBody.sql("select 1 as ONE from RDB$DATABASE").maxTimeInQueue(0));
        Answer shortly = suite.integratorA()
                .immediate(
                        demo.siteId(),
                        QueryBody.sql("select 1 as ONE from RDB$DATABASE").maxTimeInQueue(300));

        // Then
        busy.forEach(PendingAnswer::hangUp);
        for (Answer answer : List.of(atOnce, shortly)) {
            assertThat(answer.status()).as("%s", answer).isEqualTo(504);
            assertThat(answer.json().path("status").asText()).isEqualTo("executionFailed");
            assertThat(answer.errorType()).isEqualTo("haloLink");
            assertThat(answer.errorCode()).isEqualTo(1002);
        }
        await().atMost(SOON).until(() -> !isRunning("BUSY"));
    }

    @Test
    void oneIntegratorsLongQueriesDoNotStopAnother() {
        // Given
        List<PendingAnswer> busy = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            busy.add(suite.integratorA().start(demo.siteId(), Endless.read("GREEDY")));
        }
        await().atMost(SOON).until(() -> isRunning("GREEDY"));

        // When
        Answer other = suite.integratorC()
                .immediate(
                        demo.siteId(),
                        QueryBody.sql("select 1 as ONE from RDB$DATABASE").maxTimeInQueue(2_000));

        // Then
        busy.forEach(PendingAnswer::hangUp);
        assertThat(other.status()).as("%s", other).isEqualTo(200);
        await().atMost(SOON).until(() -> !isRunning("GREEDY"));
    }

    private static Duration executed(Answer ended) {
        JsonNode executing = ended.json().path("statusTiming").path("executing");
        return Duration.between(
                Instant.parse(executing.path("startTime").asText()),
                Instant.parse(executing.path("endTime").asText()));
    }

    private boolean isRunning(String marker) {
        return !suite.practiceServer().running(marker).isEmpty();
    }
}
