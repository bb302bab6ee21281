package dev.halo.systemtests.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Parts of the suite stop, crash and come back; every query still gets its one answer. */
@SystemTest
@Order(SuiteUnderTest.AFTER_THE_ORDINARY + 1)
class LinkLifecycleIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final QueryBody SMALL = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

    private final SuiteUnderTest suite;
    private final Demo demo;

    LinkLifecycleIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @AfterEach
    void repair() {
        suite.repair();
    }

    @Test
    void aLinkThatIsKilledWhileAQueryRunsEndsItAsAttemptedAndComesBackAsTheSame() {
        // Given
        PendingAnswer pending = suite.integratorA().start(demo.siteId(), Endless.read("KILLED_LINK"));
        await().atMost(SOON).until(() -> isRunning("KILLED_LINK"));

        // When
        suite.kill(ServiceName.LINK);
        Answer under = pending.await();
        Answer after = suite.integratorA().immediate(demo.siteId(), SMALL);

        // Then what ran was attempted
        assertThat(under.status()).as("%s", under).isEqualTo(504);
        await().atMost(SOON).until(() -> !isRunning("KILLED_LINK"));

        // And what came later waited a little and was not; the site is not called unreachable before two minutes
        assertThat(after.status()).as("%s", after).isEqualTo(503);
        assertThat(after.message()).startsWith("Site could not be contacted");
        assertThat(after.headers().firstValue("Retry-After")).isPresent();
        assertThat(availability()).isEqualTo("online");

        // When it comes back
        suite.start(ServiceName.LINK);

        // Then it serves the same sites
        await().atMost(SOON).until(() -> runs(demo.siteId()));
        assertThat(suite.integratorA()
                        .sites(demo.databaseId())
                        .json()
                        .path("sites")
                        .get(0)
                        .path("id")
                        .asText())
                .isEqualTo(demo.siteId().toString());
    }

    @Test
    void aLinkThatIsStoppedInOrderEndsWhatRunsAndIsOffline() {
        // Given
        PendingAnswer pending = suite.integratorA().start(demo.siteId(), Endless.read("STOPPED_LINK"));
        await().atMost(SOON).until(() -> isRunning("STOPPED_LINK"));

        // When
        suite.stop(ServiceName.LINK);
        Answer under = pending.await();

        // Then
        assertThat(under.status()).as("%s", under).isEqualTo(504);
        await().atMost(SOON).until(() -> !isRunning("STOPPED_LINK"));
        await().atMost(SOON).until(() -> availability().equals("offline"));
        Answer answer = suite.integratorA().immediate(demo.siteId(), SMALL);
        assertThat(answer.status()).as("%s", answer).isEqualTo(503);
        assertThat(answer.message()).startsWith("Site could not be contacted");
        assertThat(suite.integratorA().sites(demo.databaseId()).json().path("sites"))
                .hasSize(1);

        // And what outlives its request is accepted, and says why it came to nothing
        Answer accepted = suite.integratorA().async(demo.siteId(), SMALL.maxTimeInQueue(500));
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(201);
        assertThat(accepted.queryStatus()).isEqualTo("initialising");
        assertThat(suite.integratorA().awaitEnded(demo.siteId(), accepted.id()).queryStatus())
                .isEqualTo("initialisationFailedSiteOffline");
    }

    @Tag("chaos")
    @Test
    void aBridgeThatIsKilledIsFoundAgain() {
        // Given
        PendingAnswer pending = suite.integratorA().start(demo.siteId(), Endless.read("KILLED_BRIDGE"));
        await().atMost(SOON).until(() -> isRunning("KILLED_BRIDGE"));

        // When
        suite.kill(ServiceName.ROUTING);
        suite.start(ServiceName.ROUTING);

        // Then
        await().atMost(SOON).until(() -> runs(demo.siteId()));
        pending.hangUp();
        suite.practiceServer().end("KILLED_BRIDGE");
    }

    @Test
    void aGatewayThatRestartsServesAtOnce() {
        // When
        suite.kill(ServiceName.GATEWAY);
        suite.start(ServiceName.GATEWAY);

        // Then
        assertThat(suite.integratorA().immediate(demo.siteId(), SMALL).status()).isEqualTo(200);
    }

    @Test
    void withoutPostgresImmediatesGoOnAndWhatMustBeKeptIsRefused() {
        // Given
        suite.postgres().stop();

        // When
        Answer immediate = suite.integratorA().immediate(demo.siteId(), SMALL);
        Answer async = suite.integratorA().async(demo.siteId(), SMALL);
        Answer repeatable = suite.integratorA()
                .send(
                        "POST",
                        IntegratorClient.immediatePath(demo.siteId()),
                        "application/json",
                        SMALL.toString(),
                        "Idempotency-Key",
                        "without-postgres");

        // Then
        assertThat(immediate.status()).as("%s", immediate).isEqualTo(200);
        assertThat(async.status()).as("%s", async).isEqualTo(503);
        assertThat(async.headers().firstValue("Retry-After")).isPresent();
        assertThat(repeatable.status()).as("%s", repeatable).isEqualTo(503);
        assertThat(repeatable.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void aFirebirdThatStopsIsSaidToBeAwayAndFoundAgain() {
        // Given
        assertThat(runs(demo.siteId())).isTrue();

        // When
        suite.firebird().stop();
        Answer away = suite.integratorA().immediate(demo.siteId(), SMALL);

        // Then
        assertThat(away.status()).as("%s", away).isIn(400, 504);
        assertThat(away.errorType()).isIn("fbsql", "haloLink");
        assertThat(away.errorMessage()).isNotBlank().doesNotContain(".fdb").doesNotContain("127.0.0.1");
        suite.firebird().start();
        await().atMost(SOON).until(() -> runs(demo.siteId()));
    }

    private boolean runs(Object siteId) {
        return suite.integratorA().immediate(siteId, SMALL).status() == 200;
    }

    private String availability() {
        return suite.integratorA()
                .site(demo.siteId())
                .json()
                .path("availability")
                .asText();
    }

    private boolean isRunning(String marker) {
        return !suite.practiceServer().running(marker).isEmpty();
    }
}
