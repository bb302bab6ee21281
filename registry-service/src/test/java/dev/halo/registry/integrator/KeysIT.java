package dev.halo.registry.integrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.integrator.IntegratorFact.Key;
import dev.halo.protocol.integrator.IntegratorFact.KeySlot;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.Parallel;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import dev.halo.registry.TopicReader;
import dev.halo.registry.secret.Secrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Integrators and their two keys. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class KeysIT {

    @RegistrySuite.Inject
    RegistrySuite suite;

    private RegistryClient client;
    private UUID integratorId;
    private String name;

    @BeforeEach
    void integrator() {
        client = new RegistryClient(suite);
        name = "Integrator " + UUID.randomUUID();
        integratorId = client.createIntegrator(name);
    }

    @Test
    void eachSlotTakesOneKey() {
        // Given
        String primary = client.issueKey(integratorId, "PRIMARY");
        String secondary = client.issueKey(integratorId, "SECONDARY");

        // When
        var third = client.operator()
                .body(Map.of("slot", "PRIMARY"))
                .post("/admin/v1/integrators/{id}/keys", integratorId)
                .then();

        // Then
        third.statusCode(409).body("error.message", containsString("PRIMARY has an active key"));
        assertThat(published().keys())
                .containsExactlyInAnyOrder(
                        new Key(Secrets.sha256(primary), KeySlot.PRIMARY, false),
                        new Key(Secrets.sha256(secondary), KeySlot.SECONDARY, false));
        client.operator()
                .get("/admin/v1/integrators/{id}", integratorId)
                .then()
                .body("keys.slot", hasItems("PRIMARY", "SECONDARY"))
                .body(not(containsString(primary)))
                .body(not(containsString(Secrets.sha256(primary))));
    }

    @Test
    void aRotatedKeyIsKnownAsRevoked() {
        // Given
        String old = client.issueKey(integratorId, "PRIMARY");

        // When
        String fresh = client.operator()
                .post("/admin/v1/integrators/{id}/keys/PRIMARY/rotate", integratorId)
                .then()
                .statusCode(201)
                .extract()
                .path("key");

        // Then
        assertThat(published().keys())
                .containsExactly(
                        new Key(Secrets.sha256(fresh), KeySlot.PRIMARY, false),
                        new Key(Secrets.sha256(old), KeySlot.PRIMARY, true));
    }

    @Test
    void aRevokedSlotIsFree() {
        // Given
        String old = client.issueKey(integratorId, "SECONDARY");

        // When
        client.operator()
                .delete("/admin/v1/integrators/{id}/keys/SECONDARY", integratorId)
                .then()
                .statusCode(204);

        // Then
        assertThat(published().keys()).containsExactly(new Key(Secrets.sha256(old), KeySlot.SECONDARY, true));
        client.operator()
                .delete("/admin/v1/integrators/{id}/keys/SECONDARY", integratorId)
                .then()
                .statusCode(404);
        client.issueKey(integratorId, "SECONDARY");
    }

    @Test
    void whyAKeyChangedIsRecorded() {
        // When
        client.operator()
                .body(Map.of("slot", "PRIMARY", "reason", "a new integrator"))
                .post("/admin/v1/integrators/{id}/keys", integratorId)
                .then()
                .statusCode(201);
        client.operator()
                .body(RegistryClient.because("it was in a ticket"))
                .post("/admin/v1/integrators/{id}/keys/PRIMARY/rotate", integratorId)
                .then()
                .statusCode(201);
        client.operator()
                .queryParam("reason", "they left")
                .delete("/admin/v1/integrators/{id}/keys/PRIMARY", integratorId)
                .then()
                .statusCode(204);

        // Then
        client.as("auditor")
                .get("/admin/v1/audit?subjectId=" + integratorId)
                .then()
                .body(
                        "entries.collect{it.action + ' ' + it.reason}",
                        hasItems(
                                "KEY_ISSUED a new integrator",
                                "KEY_REVOKED it was in a ticket",
                                "KEY_ISSUED it was in a ticket",
                                "KEY_REVOKED they left"));
        client.operator()
                .queryParam("reason", "x".repeat(501))
                .delete("/admin/v1/integrators/{id}/keys/PRIMARY", integratorId)
                .then()
                .statusCode(400)
                .body("error.message", containsString("reason: must be 1 to 500 characters"));
    }

    @Test
    void ofManyThatIssueAtOnceOneGetsTheSlot() {
        List<Integer> answers = Parallel.run(10, i -> client.operator()
                .body(Map.of("slot", "PRIMARY"))
                .post("/admin/v1/integrators/{id}/keys", integratorId)
                .statusCode());
        assertThat(answers).containsOnlyOnce(201);
        assertThat(answers.stream().filter(status -> status == 409)).hasSize(9);
    }

    @Test
    void theDatabaseItselfRefusesAThirdActiveKey() throws SQLException {
        client.issueKey(integratorId, "PRIMARY");
        try (Connection database = suite.database();
                var statement = database.createStatement()) {
            assertThatThrownBy(() -> statement.executeUpdate("insert into registry.subscription_key values ('x', '"
                            + integratorId + "', 'PRIMARY', now(), null)"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("subscription_key_active");
        }
    }

    @Test
    void aNameIsTakenOnceAndFindsItsIntegrator() {
        client.operator()
                .body(Map.of("name", name.toUpperCase(java.util.Locale.ROOT)))
                .post("/admin/v1/integrators")
                .then()
                .statusCode(409)
                .body("error.message", containsString(integratorId.toString()));
        client.operator()
                .queryParam("name", name)
                .get("/admin/v1/integrators")
                .then()
                .statusCode(200)
                .body("integrators", hasSize(1))
                .body("integrators[0].integratorId", equalTo(integratorId.toString()));
    }

    @Test
    void ofManyThatTakeANameAtOnceOneGetsIt() {
        String wanted = "Integrator " + UUID.randomUUID();
        List<Integer> answers = Parallel.run(10, i -> client.operator()
                .body(Map.of("name", wanted))
                .post("/admin/v1/integrators")
                .statusCode());
        assertThat(answers).containsOnlyOnce(201);
        assertThat(answers.stream().filter(status -> status == 409)).hasSize(9);
    }

    @Test
    void addressesAndTierArePublished() {
        UUID id = UUID.fromString(client.operator()
                .body(Map.of(
                        "name",
                        "Integrator " + UUID.randomUUID(),
                        "allowedAddresses",
                        List.of("203.0.113.0/24", "2001:db8::1"),
                        "tier",
                        "gold"))
                .post("/admin/v1/integrators")
                .then()
                .statusCode(201)
                .extract()
                .path("integratorId"));
        assertThat(published(id).allowedAddresses()).containsExactly("203.0.113.0/24", "2001:db8::1");
        assertThat(published(id).tier()).isEqualTo("gold");
    }

    @Test
    void aSuspendedIntegratorIsPublishedAsSuch() {
        client.operator()
                .post("/admin/v1/integrators/{id}/suspend", integratorId)
                .then()
                .statusCode(200)
                .body("active", equalTo(false));
        assertThat(published().active()).isFalse();
    }

    private IntegratorFact.Integrator published() {
        return published(integratorId);
    }

    private IntegratorFact.Integrator published(UUID id) {
        var all = new TopicReader(suite.bootstrapServers())
                .values(Topic.INTEGRATORS, "integrator:" + id, IntegratorFact.Integrator.class);
        assertThat(all)
                .extracting(IntegratorFact.Integrator::version)
                .isSorted()
                .doesNotHaveDuplicates();
        return all.get(all.size() - 1);
    }
}
