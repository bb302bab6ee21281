package dev.halo.registry.integrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.integrator.SecretSeal;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import dev.halo.registry.TopicReader;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where integrators are notified. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class WebhooksIT {

    private static final String PATH = "/admin/v1/integrators/{id}/webhooks";
    private static final String URL = "https://hooks.example.org/halo/{siteId}/{queryId}?token=receivers-own";

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
    void theFirstSettingShowsASecretThatGatewaysCanOpen() {
        // When
        String secret = set(Map.of("url", URL, "asyncUrl", "https://async.example.org"))
                .statusCode(200)
                .body("url", equalTo(URL))
                .extract()
                .path("secret");

        // Then
        IntegratorFact.Webhooks webhooks = published().webhooks();
        assertThat(webhooks.url()).isEqualTo(URL);
        assertThat(webhooks.asyncUrl()).isEqualTo("https://async.example.org");
        assertThat(webhooks.registeredUrl()).isNull();
        assertThat(opened(webhooks)).isEqualTo(secret).startsWith("whsec_").hasSizeGreaterThan(40);
    }

    @Test
    void aSecretIsShownOnceAndStaysWhenUrlsChange() {
        // Given
        String secret = set(Map.of("url", URL)).statusCode(200).extract().path("secret");

        // When
        set(Map.of("url", "https://other.example.org", "registeredUrl", "https://registered.example.org"))
                .statusCode(200)
                .body("secret", nullValue());

        // Then
        get().statusCode(200)
                .body("url", equalTo("https://other.example.org"))
                .body("asyncUrl", nullValue())
                .body("registeredUrl", equalTo("https://registered.example.org"))
                .body("secret", nullValue());
        assertThat(opened(published().webhooks())).isEqualTo(secret);
    }

    @Test
    void anotherSecretTakesTheOldOnesPlace() {
        String old = set(Map.of("url", URL)).statusCode(200).extract().path("secret");

        String fresh = client.operator()
                .post(PATH + "/secret", integratorId)
                .then()
                .statusCode(201)
                .body("integratorId", equalTo(integratorId.toString()))
                .extract()
                .path("secret");

        assertThat(fresh).isNotEqualTo(old);
        assertThat(opened(published().webhooks())).isEqualTo(fresh);
        assertThat(published().webhooks().url()).isEqualTo(URL);
    }

    @Test
    void removingForgetsEverythingAndMayBeRepeated() {
        set(Map.of("url", URL)).statusCode(200);

        client.operator().delete(PATH, integratorId).then().statusCode(204);
        client.operator().delete(PATH, integratorId).then().statusCode(204);

        assertThat(published().webhooks()).isNull();
        get().statusCode(404);
        client.operator().post(PATH + "/secret", integratorId).then().statusCode(404);
    }

    @Test
    void keysAndSuspensionLeaveThemAlone() {
        set(Map.of("url", URL)).statusCode(200);

        client.issueKey(integratorId, "PRIMARY");
        client.operator()
                .post("/admin/v1/integrators/{id}/suspend", integratorId)
                .then()
                .statusCode(200);

        assertThat(published().webhooks().url()).isEqualTo(URL);
        assertThat(published().keys()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "url, http://hooks.example.org, begin with https://",
        "url, https://hooks.example.org/{id}, '{siteId}, {queryId} and {source}'",
        "asyncUrl, https://{siteId}.example.org, behind the host",
        "registeredUrl, https://user:password@example.org, user or a password",
        "registeredUrl, no URL at all, percent-encoded"
    })
    void aUrlThatIsNoneIsRefused(String field, String url, String problem) {
        Map<String, String> body = field.equals("url") ? Map.of("url", url) : Map.of("url", URL, field, url);

        set(body)
                .statusCode(400)
                .body("error.message", containsString(field + ": "))
                .body("error.message", containsString(problem));
    }

    @Test
    void aUrlIsRequired() {
        set(Map.of("asyncUrl", URL)).statusCode(400).body("error.message", containsString("url: is required"));
    }

    @Test
    void onlyOperatorsChangeThem() {
        client.as("support")
                .body(Map.of("url", URL))
                .put(PATH, integratorId)
                .then()
                .statusCode(403);
        client.as("support").delete(PATH, integratorId).then().statusCode(403);
        client.as("support").post(PATH + "/secret", integratorId).then().statusCode(403);
        client.as("auditor").get(PATH, integratorId).then().statusCode(403);
        set(Map.of("url", URL)).statusCode(200);
        client.as("support").get(PATH, integratorId).then().statusCode(200);
    }

    @Test
    void anUnknownIntegratorHasNone() {
        UUID unknown = UUID.randomUUID();
        client.operator().get(PATH, unknown).then().statusCode(404);
        client.operator().delete(PATH, unknown).then().statusCode(404);
        client.operator()
                .body(Map.of("url", URL))
                .put(PATH, unknown)
                .then()
                .statusCode(404)
                .body("error.message", containsString("no integrator"));
    }

    @Test
    void neitherUrlNorSecretIsStoredInTheOpenOrAudited() throws SQLException {
        String secret = set(Map.of("url", URL)).statusCode(200).extract().path("secret");

        try (Connection database = suite.database();
                var statement = database.createStatement();
                var row =
                        statement.executeQuery("select webhook_sealed_secret, (select string_agg(coalesce(detail, ''),"
                                + " ' ') from registry.audit_entry where subject_id = '" + integratorId + "') from"
                                + " registry.integrator where integrator_id = '" + integratorId + "'")) {
            row.next();
            assertThat(row.getString(1)).doesNotContain(secret);
            assertThat(row.getString(2)).contains("secretIssued").doesNotContain(secret, "receivers-own");
        }
    }

    private ValidatableResponse set(Map<String, String> body) {
        return client.operator().body(body).put(PATH, integratorId).then();
    }

    private ValidatableResponse get() {
        return client.operator().get(PATH, integratorId).then();
    }

    private String opened(IntegratorFact.Webhooks webhooks) {
        return SecretSeal.of(RegistrySuite.AT_REST_KEY).open(integratorId, webhooks.sealedSecret());
    }

    private IntegratorFact.Integrator published() {
        List<IntegratorFact.Integrator> all = new TopicReader(suite.bootstrapServers())
                .values(Topic.INTEGRATORS, "integrator:" + integratorId, IntegratorFact.Integrator.class);
        return all.get(all.size() - 1);
    }
}
