package dev.halo.systemtests.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.local.ServiceName;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Ageing;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import dev.halo.systemtests.suite.WebhookReceiver;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** A Link that is away for long, together with its bridge in the end, and comes back: one absence for all methods. */
@SystemTest
@Order(SuiteUnderTest.AFTER_THE_ORDINARY + 1)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AbsentLinkIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String MARKER = "Written once " + UUID.randomUUID();
    private static final String WRITE = "insert into APPOINTMENTS (APPOINTMENT_ID, PATIENT_ID, DOCTOR_ID, CLINIC_ID,"
            + " STARTS_ON, STARTS_AT, STATUS, REASON) select min(APPOINTMENT_ID) - 1, 1, 1, 1, current_date,"
            + " current_time, 'BOOKED', '" + MARKER + "' from APPOINTMENTS";

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final IntegratorClient integrator;
    private final Ageing ageing;
    private final WebhookReceiver receiver = new WebhookReceiver(nth -> 204);
    private String written;
    private String read;
    private String changing;
    private String constant;
    private String unpublishable;

    AbsentLinkIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.integrator = suite.integratorC();
        this.ageing = suite.ageing();
    }

    @BeforeAll
    void takeTheLinkAway() {
        suite.operator().setWebhooks(suite.integratorId("C"), receiver.url("/{source}"));
        changing = register(
                QueryBody.sql("select count(*) as N from APPOINTMENTS where REASON = '" + MARKER + "'"), 3_600);
        constant = register(one(), 3_600);
        await().atMost(SOON)
                .until(() -> runs(changing) == 1 && runs(constant) == 1 && told(changing) == 1 && told(constant) == 1);
        read = started(one());
        written = started(QueryBody.sql(WRITE).nonQuery());
        assertThat(integrator.awaitEnded(demo.siteId(), read).queryStatus()).isEqualTo("successful");
        assertThat(integrator.awaitEnded(demo.siteId(), written).queryStatus()).isEqualTo("successful");
        suite.kill(ServiceName.LINK);
    }

    @AfterAll
    void asItWas() {
        suite.repair();
        suite.operator().removeWebhooks(suite.integratorId("C"));
        receiver.close();
    }

    @Test
    @Order(1)
    void afterTwoMinutesOfSilenceItsSitesAreUnreachable() {
        // When nothing has been heard for two minutes
        try (AgedRecords records = new AgedRecords(suite.kafka().bootstrapServers())) {
            records.lostSession(ageing.linkOf(read), Duration.ofSeconds(121));
        }

        // Then
        await().atMost(SOON).until(() -> integrator
                .site(demo.siteId())
                .json()
                .path("availability")
                .asText()
                .equals("unreachable"));
        Answer refused = integrator.immediate(demo.siteId(), one());
        assertThat(refused.status()).as("%s", refused).isEqualTo(503);
        assertThat(refused.message()).startsWith("Site could not be contacted");
        assertThat(integrator.page(demo.siteId(), read, 1).pageRows()).hasSize(1);

        // And what outlives its request is accepted, and has as long as it may wait
        String waits = started(one().maxTimeInQueue(600_000));
        assertThat(integrator.query(demo.siteId(), waits).queryStatus()).isEqualTo("initialising");
        UUID older = ageing.created(waits, Duration.ofMinutes(11));
        Answer ended = integrator.awaitEnded(demo.siteId(), older);
        assertThat(ended.queryStatus()).as("%s", ended).isEqualTo("initialisationFailedSiteUnreachable");
        assertThat(ended.errorMessage()).isNotBlank();
    }

    @Test
    @Order(2)
    void aRegisteredQueryThatNoLinkTookInItsTimeDidNotBegin() {
        // Given
        String id = register(one(), 60);

        // When
        ageing.registered(id, Duration.ofMinutes(5));

        // Then
        Answer ended = await().atMost(SOON).until(() -> integrator.get(path(id)), answer -> !answer.queryStatus()
                .equals("enabled"));
        assertThat(ended.queryStatus()).isEqualTo("initialisationFailedCacheError");
        assertThat(ended.json().path("lastErrorDetails").path("errorMessage").asText())
                .isNotBlank();
        assertThat(integrator.get(path(id) + "/results").status()).isEqualTo(404);
    }

    @Test
    @Order(3)
    void whatWaitedInABridgesPartitionForHalfAnHourDoesNotRun() {
        // Given queries that wait, one of which cannot be published
        String waits = started(one());
        unpublishable = started(one());
        ageing.commandTooLong(unpublishable);
        suite.practiceServer().execute(WRITE);
        ageing.runDueAtNextSession(changing);
        ageing.runDueAtNextSession(constant);

        // When the bridge goes and comes back, and the Link with it
        suite.stop(ServiceName.ROUTING);
        try (AgedRecords records = new AgedRecords(suite.kafka().bootstrapServers())) {
            records.queryAgain(0, written, Duration.ofMinutes(30));
        }
        suite.start(ServiceName.ROUTING);
        suite.start(ServiceName.LINK);
        suite.awaitOnline();

        // Then what came to the partition later runs, and what was in it does not
        assertThat(integrator.awaitEnded(demo.siteId(), waits).queryStatus()).isEqualTo("successful");
        assertThat(suite.practiceServer().texts("select count(*) from APPOINTMENTS where REASON = ?", MARKER))
                .containsExactly("2");
        assertThat(integrator.query(demo.siteId(), written).queryStatus()).isEqualTo("successful");
    }

    @Test
    @Order(4)
    void whatCannotBePublishedSaysSo() {
        Answer ended = integrator.awaitEnded(demo.siteId(), unpublishable);

        assertThat(ended.queryStatus()).as("%s", ended).isEqualTo("initialisationFailedCacheError");
        assertThat(ended.errorMessage()).isNotBlank();
    }

    @Test
    @Order(5)
    void aLaterRunIsToldWhereItsResultHasChanged() {
        // When the Link has them again
        await().atMost(SOON).until(() -> runs(changing) == 2 && runs(constant) == 2);

        // Then
        await().atMost(SOON).until(() -> told(changing) == 2);
        Answer result = integrator.get(path(changing) + "/results");
        assertThat(result.pageRows().get(0).path("N").asInt()).isEqualTo(2);
        assertThat(integrator
                        .get(path(changing))
                        .json()
                        .path("metrics")
                        .path("resultSizeSum")
                        .asInt())
                .isEqualTo(2 * result.json().path("size").asInt());
        assertThat(receiver.deliveries())
                .extracting(WebhookReceiver.Delivery::id)
                .doesNotHaveDuplicates();

        // And an unchanged result is neither counted again nor told
        assertThat(integrator
                        .get(path(constant))
                        .json()
                        .path("metrics")
                        .path("resultSizeSum")
                        .asInt())
                .isEqualTo(integrator
                        .get(path(constant) + "/results")
                        .json()
                        .path("size")
                        .asInt());
        assertThat(ageing.webhook(constant)).isEmpty();
        assertThat(told(constant)).isEqualTo(1);
        integrator.send("DELETE", path(changing), null, null);
        integrator.send("DELETE", path(constant), null, null);
    }

    private static QueryBody one() {
        return QueryBody.sql("select 1 as ONE from RDB$DATABASE");
    }

    private String started(QueryBody body) {
        Answer accepted = integrator.async(demo.siteId(), body);
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(201);
        return accepted.id();
    }

    private String register(QueryBody body, int duration) {
        Answer accepted = integrator.register(demo.siteId(), body.registered("Absent", 60, duration));
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(202);
        return accepted.id();
    }

    private int runs(String id) {
        return integrator
                .get(path(id))
                .json()
                .path("metrics")
                .path("executionSucceededCount")
                .asInt();
    }

    private long told(String id) {
        return receiver.deliveries().stream()
                .filter(delivery -> delivery.body().contains(id))
                .count();
    }

    private String path(String id) {
        return IntegratorClient.registeredPath(demo.siteId()) + "/" + id;
    }
}
