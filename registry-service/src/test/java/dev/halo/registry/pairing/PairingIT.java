package dev.halo.registry.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.Parallel;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import dev.halo.registry.TopicReader;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may pair with what. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class PairingIT {

    @RegistrySuite.Inject
    RegistrySuite suite;

    private RegistryClient client;
    private UUID integratorId;
    private final String pmsId = RegistryClient.pmsId();
    private final UUID siteId = UUID.randomUUID();

    @BeforeEach
    void integrator() {
        client = new RegistryClient(suite);
        integratorId = client.createIntegrator("Integrator " + UUID.randomUUID());
    }

    @Test
    void whatIsNotThereIs404() {
        announce(pmsId);
        client.tryPair(UUID.randomUUID(), siteId).statusCode(404).body("error.message", containsString("integrator"));
        client.tryPair(integratorId, UUID.randomUUID()).statusCode(404).body("error.message", containsString("site"));
    }

    @Test
    void thePracticeMustHaveEnabledTheIntegrator() {
        announce(pmsId);
        client.tryPair(integratorId, siteId).statusCode(409).body("error.message", containsString("not enabled"));
    }

    @Test
    void theSiteMustBeActive() {
        announce(RegistryClient.pmsId(), integratorId);
        client.tryPair(integratorId, siteId).statusCode(409).body("error.message", containsString("initialising"));
    }

    @Test
    void theIntegratorMustBeActive() {
        announce(pmsId, integratorId);
        client.operator()
                .post("/admin/v1/integrators/{id}/suspend", integratorId)
                .then()
                .statusCode(200);
        client.tryPair(integratorId, siteId).statusCode(409).body("error.message", containsString("suspended"));
        client.operator()
                .post("/admin/v1/integrators/{id}/activate", integratorId)
                .then()
                .statusCode(200);
        client.tryPair(integratorId, siteId).statusCode(200).body("created", equalTo(true));
    }

    @Test
    void ofManyAtOnceOneCreatesIt() {
        // Given
        announce(pmsId, integratorId);

        // When
        List<Boolean> created = Parallel.run(10, i -> client.tryPair(integratorId, siteId)
                .statusCode(200)
                .extract()
                .path("created"));

        // Then
        assertThat(created).containsOnlyOnce(true);
        assertThat(new TopicReader(suite.bootstrapServers())
                        .values(
                                Topic.INTEGRATORS,
                                IntegratorFact.Pairing.keyOf(integratorId, siteId),
                                IntegratorFact.class))
                .containsExactly(new IntegratorFact.Pairing(integratorId, siteId, true, 1));
    }

    @Test
    void theFieldsAreRequired() {
        client.as("service")
                .body(Map.of("siteId", siteId))
                .post("/internal/v1/pairings")
                .then()
                .statusCode(400)
                .body("error.message", equalTo("integratorId: is required"));
    }

    /** The Link is entitled to {@link #pmsId} alone. */
    private void announce(String databaseId, UUID... enabled) {
        EnrolResponse link = client.enrol(pmsId);
        client.announce(link.token(), RegistryClient.site(siteId, databaseId, enabled));
    }
}
