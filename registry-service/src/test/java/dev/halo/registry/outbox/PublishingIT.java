package dev.halo.registry.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.AuthorityFacts;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import dev.halo.registry.TopicReader;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nothing that was stored is lost to the topics, whatever stops between. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class PublishingIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @RegistrySuite.Inject
    RegistrySuite suite;

    private RegistryClient client;
    private UUID integratorId;

    @BeforeEach
    void integrator() {
        client = new RegistryClient(suite);
        integratorId = client.createIntegrator("Integrator " + UUID.randomUUID());
    }

    @Test
    void whatIsStoredWhileKafkaIsDownIsPublishedWhenItIsBack() {
        // Given
        suite.stopKafka();
        try {
            // When
            client.operator()
                    .body(Map.of("slot", "PRIMARY"))
                    .post("/admin/v1/integrators/{id}/keys", integratorId)
                    .then()
                    .statusCode(503)
                    .header("Retry-After", "2")
                    .body("error.message", containsString("stored but not yet published"));
            client.operator()
                    .post("/admin/v1/integrators/{id}/suspend", integratorId)
                    .then()
                    .statusCode(503);
            // Then reading goes on, and the service stays ready and alive
            client.operator()
                    .get("/admin/v1/integrators/{id}", integratorId)
                    .then()
                    .statusCode(200)
                    .body("active", equalTo(false));
            RestAssured.get("/q/health/live").then().statusCode(200);
            Awaitility.await().atMost(SOON).untilAsserted(() -> RestAssured.get("/q/health/ready")
                    .then()
                    .statusCode(200)
                    .body("checks.find{it.name=='publishing'}.data.relay", equalTo("NO_KAFKA")));
        } finally {
            suite.startKafka();
        }

        // Then
        Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(versions())
                .containsExactly(1L, 2L, 3L));
        client.operator()
                .post("/admin/v1/integrators/{id}/activate", integratorId)
                .then()
                .statusCode(200);
        assertThat(versions()).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void aLostConnectionOfTheRelayIsReplaced() throws SQLException {
        // Given
        execute("select pg_terminate_backend(pid) from pg_stat_activity"
                + " where application_name = 'halo-registry-relay'");

        // When
        Awaitility.await().atMost(SOON).until(() -> {
            int status = client.operator()
                    .post("/admin/v1/integrators/{id}/suspend", integratorId)
                    .statusCode();
            return status == 200;
        });

        // Then
        assertThat(versions()).containsExactly(1L, 2L);
    }

    @Test
    void aTopicThatWasLostIsFilledAgain() throws Exception {
        // Given
        List<String> before = keys();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", suite.bootstrapServers()))) {
            // When
            admin.deleteTopics(List.of(Topic.INTEGRATORS.baseName())).all().get();
        }

        // Then
        Awaitility.await().atMost(SOON).ignoreExceptions().untilAsserted(() -> assertThat(keys())
                .containsAll(before));
        client.operator()
                .post("/admin/v1/integrators/{id}/suspend", integratorId)
                .then()
                .statusCode(200);
        assertThat(versions()).containsExactly(1L, 2L);
    }

    @Test
    void anOperatorHasEverythingPublishedAgain() {
        // When
        client.operator().post("/admin/v1/republish").then().statusCode(202);

        // Then
        Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(versions())
                .containsExactly(1L, 1L));
    }

    @Test
    void whatIsNewBeginsAboveWhatWasPublishedBeforeARestore() throws SQLException {
        String pmsId = RegistryClient.pmsId();
        UUID siteId = UUID.randomUUID();
        String pairing = IntegratorFact.Pairing.keyOf(integratorId, siteId);
        String enablement = IntegratorFact.Enablement.keyOf(integratorId, siteId);
        TopicReader topics = new TopicReader(suite.bootstrapServers());
        try {
            // Given
            execute("update registry.deployment set version_floor = 100");

            // When
            var link = client.enrol(pmsId);
            client.announce(link.token(), RegistryClient.site(siteId, pmsId, integratorId));
            client.tryPair(integratorId, siteId).statusCode(200);

            // Then
            assertThat(topics.values(Topic.SITES, siteId.toString(), SiteRecord.class))
                    .extracting(SiteRecord::version)
                    .containsExactly(101L);
            assertThat(new AuthorityFacts(suite).published(pmsId))
                    .extracting(AuthorityRecord::version)
                    .containsExactly(101L);
            assertThat(topics.values(Topic.INTEGRATORS, pairing, IntegratorFact.class))
                    .extracting(IntegratorFact::version)
                    .containsExactly(101L);
            assertThat(topics.values(Topic.INTEGRATORS, enablement, IntegratorFact.class))
                    .extracting(IntegratorFact::version)
                    .containsExactly(101L);
        } finally {
            execute("update registry.deployment set version_floor = 0");
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection database = suite.database();
                var statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void theMetricsTell() {
        RestAssured.get("/q/metrics")
                .then()
                .statusCode(200)
                .body(containsString("halo_registry_outbox_depth"))
                .body(containsString("halo_registry_outbox_age_seconds"))
                .body(containsString("halo_registry_relay_publishing"))
                .body(containsString("halo_registry_published_total{topic=\"halo.integrators\"}"))
                .body(containsString("halo_registry_commands_total{command=\"createIntegrator\",outcome=\"done\"}"));
    }

    private List<Long> versions() {
        return new TopicReader(suite.bootstrapServers())
                .values(Topic.INTEGRATORS, "integrator:" + integratorId, IntegratorFact.Integrator.class).stream()
                        .map(IntegratorFact::version)
                        .toList();
    }

    private List<String> keys() {
        return new TopicReader(suite.bootstrapServers())
                .records(Topic.INTEGRATORS).stream()
                        .map(record -> record.key())
                        .distinct()
                        .toList();
    }
}
