package dev.halo.systemtests.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.local.LinkCommands.Result;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.Endless;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.PendingAnswer;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The practice decides who may query it, and its decision counts at once. */
@SystemTest
@Order(SuiteUnderTest.AFTER_THE_ORDINARY + 3)
class EnablementIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** After the practice's administrator was told that it is done. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    private static final QueryBody SMALL = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

    private final SuiteUnderTest suite;
    private final Demo demo;

    EnablementIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @AfterEach
    void enableAgain() {
        Result enabled = suite.linkCommands()
                .enable(
                        demo.siteId().toString(),
                        suite.integratorId("C"),
                        "Integrator C (demo)",
                        demo.value("HALO_FIREBIRD_USER"),
                        demo.value("HALO_FIREBIRD_PASSWORD"));
        assertThat(enabled.code()).as(enabled.output()).isZero();
        await().atMost(SOON).until(() -> ask().status() == 200);
    }

    @Test
    void disablingEndsWhatRunsAndRefusesWhatComes() {
        // Given
        await().atMost(SOON).until(() -> ask().status() == 200);
        PendingAnswer pending = suite.integratorC().start(demo.siteId(), Endless.read("DISABLED"));
        await().atMost(SOON).until(() -> isRunning("DISABLED"));
        String user = suite.practiceServer()
                .texts(
                        "select trim(a.MON$USER) from MON$ATTACHMENTS a join MON$STATEMENTS s"
                                + " on s.MON$ATTACHMENT_ID = a.MON$ATTACHMENT_ID"
                                + " where s.MON$STATE = 1 and s.MON$SQL_TEXT containing ?",
                        "DISABLED")
                .get(0);

        // When
        Result disabled = disable(demo.value("HALO_FIREBIRD_PASSWORD"));

        // Then
        assertThat(disabled.code()).as(disabled.output()).isZero();
        await().atMost(AT_ONCE).until(() -> ask().status() == 403);
        await().atMost(SOON).until(pending::isDone);
        Answer ended = pending.await();
        assertThat(ended.status()).as("%s", ended).isEqualTo(403);
        await().atMost(AT_ONCE).until(() -> !isRunning("DISABLED"));
        await().atMost(AT_ONCE).until(() -> connectionsOf(user).isEmpty());
        assertThat(ask().message().toLowerCase(Locale.ROOT)).contains("practice", "enable");
        assertThat(suite.integratorA().immediate(demo.siteId(), SMALL).status()).isEqualTo(200);
    }

    @Test
    void disablingEndsWhatOutlivesItsRequestAndRemovesWhatIsStored() {
        // Given a stored result, an async that runs and a registered query
        await().atMost(SOON).until(() -> ask().status() == 200);
        IntegratorClient integrator = suite.integratorC();
        String stored = integrator.async(demo.siteId(), SMALL).id();
        assertThat(integrator.awaitEnded(demo.siteId(), stored).queryStatus()).isEqualTo("successful");
        assertThat(integrator.page(demo.siteId(), stored, 1).status()).isEqualTo(200);
        String runs =
                integrator.async(demo.siteId(), Endless.read("DISABLED_ASYNC")).id();
        String registered = integrator
                .register(demo.siteId(), SMALL.registered("disabled", 60, 600))
                .id();
        await().atMost(SOON).until(() -> isRunning("DISABLED_ASYNC"));

        // When
        disable(demo.value("HALO_FIREBIRD_PASSWORD"));

        // Then
        await().atMost(SOON).until(() -> !isRunning("DISABLED_ASYNC"));
        await().atMost(SOON).until(() -> integrator.query(demo.siteId(), stored).status() == 403);

        // And what is left of them is seen once the practice has enabled the integrator again, however soon that is
        enableAgain();
        Answer ended = integrator.awaitEnded(demo.siteId(), runs);
        assertThat(ended.queryStatus()).as("%s", ended).isEqualTo("executionFailed");
        assertThat(ended.errorCode()).isEqualTo(1006);
        assertThat(integrator.page(demo.siteId(), stored, 1).status()).isEqualTo(410);
        assertThat(integrator
                        .get(IntegratorClient.registeredPath(demo.siteId()) + "/" + registered)
                        .queryStatus())
                .isNotEqualTo("enabled");
    }

    @Test
    void whereTheDatabaseCannotBeToldTheLinkRefusesAllTheSame() {
        // When
        Result refused = disable("not-the-password");

        // Then
        assertThat(refused.code()).isNotZero();
        assertThat(refused.output())
                .isNotBlank()
                .doesNotContain("not-the-password")
                .doesNotContain("Exception");
        await().atMost(SOON).until(() -> ask().status() == 403);
    }

    private List<String> connectionsOf(String user) {
        return suite.practiceServer()
                .texts("select MON$ATTACHMENT_ID from MON$ATTACHMENTS where trim(MON$USER) = ?", user);
    }

    private Result disable(String password) {
        return suite.linkCommands()
                .disable(demo.siteId().toString(), suite.integratorId("C"), demo.value("HALO_FIREBIRD_USER"), password);
    }

    private Answer ask() {
        return suite.integratorC().immediate(demo.siteId(), SMALL);
    }

    private boolean isRunning(String marker) {
        return !suite.practiceServer().running(marker).isEmpty();
    }
}
