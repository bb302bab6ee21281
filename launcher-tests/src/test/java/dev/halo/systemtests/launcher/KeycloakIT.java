package dev.halo.systemtests.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tokens of a real Keycloak with the realm that production imports: what each of them opens, and what it does not. */
@ExtendWith(StageSuite.Extension.class)
@Order(SuiteUnderTest.AFTER_THE_ORDINARY + 12)
class KeycloakIT {

    private static final String INTEGRATORS = "/admin/v1/integrators";
    private static final String AUDIT = "/admin/v1/audit";
    private static final String WEBHOOKS = "/admin/v1/webhooks";
    private static final String QUERIES = "/admin/v1/queries";
    private static final String QUERY_AUDIT = "/admin/v1/query-audit";
    private static final String PAIRINGS = "/internal/v1/pairings";

    private final StageSuite stage;
    private final Demo demo;
    private final IssuerClient issuer;
    private final URI registry;

    KeycloakIT(StageSuite stage) {
        this.stage = stage;
        this.demo = stage.demo();
        this.issuer = new IssuerClient(demo);
        this.registry = demo.registry();
    }

    @Test
    void anOperatorRunsTheDeployment() {
        // Given
        String operator = issuer.ofPerson("operator");

        // When, Then
        assertThat(issuer.get(registry, INTEGRATORS, operator)).isEqualTo(200);
        assertThat(issuer.post(registry, INTEGRATORS, operator, named("of an operator")))
                .isEqualTo(201);
        assertThat(issuer.get(demo.gateway(), WEBHOOKS, operator)).isEqualTo(200);
        assertThat(issuer.get(registry, INTEGRATORS, demo.value("HALO_OPERATOR_TOKEN")))
                .isEqualTo(200);
    }

    @Test
    void supportLooksAndChangesNothing() {
        // Given
        String support = issuer.ofPerson("support");

        // When, Then
        assertThat(issuer.get(registry, INTEGRATORS, support)).isEqualTo(200);
        assertThat(issuer.get(demo.gateway(), WEBHOOKS, support)).isEqualTo(200);
        assertThat(issuer.get(demo.gateway(), QUERIES, support)).isEqualTo(200);
        assertThat(issuer.get(demo.gateway(), QUERY_AUDIT, support)).isEqualTo(403);
        assertThat(issuer.post(demo.gateway(), WEBHOOKS + "/" + UUID.randomUUID() + "/resend", support, ""))
                .isEqualTo(404);
        assertThat(issuer.post(registry, INTEGRATORS, support, named("of support")))
                .isEqualTo(403);
        assertThat(issuer.get(registry, AUDIT, support)).isEqualTo(403);
    }

    @Test
    void anAuditorReadsTheAuditAndNothingElse() {
        // Given
        String auditor = issuer.ofPerson("auditor");

        // When, Then
        assertThat(issuer.get(registry, AUDIT, auditor)).isEqualTo(200);
        assertThat(issuer.get(demo.gateway(), QUERY_AUDIT, auditor)).isEqualTo(200);
        assertThat(issuer.get(demo.gateway(), QUERIES, auditor)).isEqualTo(403);
        assertThat(issuer.post(demo.gateway(), WEBHOOKS + "/" + UUID.randomUUID() + "/resend", auditor, ""))
                .isEqualTo(403);
        assertThat(issuer.get(registry, INTEGRATORS, auditor)).isEqualTo(403);
        assertThat(issuer.get(demo.gateway(), WEBHOOKS, auditor)).isEqualTo(403);
    }

    @Test
    void aServicesTokenOpensTheInternalApiAlone() {
        // Given
        String service = issuer.ofClient("halo-gateway-service", gatewaySecret());
        String pairing = "{\"integratorId\":\"%s\",\"siteId\":\"%s\"}"
                .formatted(stage.suite().facts().integrators().get("A").integratorId(), demo.siteId());

        // When, Then
        assertThat(issuer.post(registry, PAIRINGS, service, pairing)).isEqualTo(200);
        assertThat(issuer.get(registry, INTEGRATORS, service)).isEqualTo(403);
        assertThat(issuer.post(registry, PAIRINGS, issuer.ofPerson("operator"), pairing))
                .isEqualTo(403);
    }

    @Test
    void theGatewayPairsWithATokenOfItsOwn() {
        // When
        int status = new IntegratorClient(demo.gateway(), demo.keyA())
                .pairSite(demo.databaseId())
                .status();

        // Then
        assertThat(status).isEqualTo(200);
    }

    @Test
    void aTamperedTokenIsRefused() {
        // Given
        String auditor = issuer.ofPerson("auditor");
        String operator = issuer.ofPerson("operator");
        String[] own = auditor.split("\\.");
        String[] wanted = operator.split("\\.");

        // When, Then
        assertThat(issuer.get(registry, INTEGRATORS, wanted[0] + "." + wanted[1] + "." + own[2]))
                .isEqualTo(401);
        assertThat(issuer.get(registry, INTEGRATORS, wanted[0] + "." + wanted[1] + "."))
                .isEqualTo(401);
        assertThat(issuer.get(demo.gateway(), WEBHOOKS, wanted[0] + "." + wanted[1] + "." + own[2]))
                .isEqualTo(401);
        assertThat(issuer.get(registry, INTEGRATORS, "no-token")).isEqualTo(401);
    }

    @Test
    void anExpiredTokenIsRefused() {
        // Given a token whose bearer may nothing, which is said to it as long as it lives
        issuer.createClient("short-lived", "short-lived-secret", 15);
        String token = issuer.ofClient("short-lived", "short-lived-secret");
        assertThat(issuer.get(registry, INTEGRATORS, token)).isEqualTo(403);

        // When, Then
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> issuer.get(registry, INTEGRATORS, token) == 401);
    }

    @Test
    void aTokenForTheIntegratorApiOpensNoOther() {
        // Given
        String integrator =
                issuer.ofClient(demo.value("HALO_INTEGRATOR_CLIENT_ID"), demo.value("HALO_INTEGRATOR_CLIENT_SECRET"));

        // When, Then
        assertThat(issuer.claims(integrator).path("aud").asText()).isEqualTo("halo-integrator-api");
        assertThat(issuer.claims(integrator).path("halo_integrator_id").asText())
                .isEqualTo(stage.suite().facts().integrators().get("A").integratorId());
        assertThat(issuer.get(registry, INTEGRATORS, integrator)).isEqualTo(401);
        assertThat(issuer.post(registry, PAIRINGS, integrator, "{}")).isEqualTo(401);
        assertThat(issuer.get(demo.gateway(), WEBHOOKS, integrator)).isEqualTo(401);
    }

    @Test
    void anIntegratorCallsWithATokenInsteadOfAKey() {
        // Given
        String integrator =
                issuer.ofClient(demo.value("HALO_INTEGRATOR_CLIENT_ID"), demo.value("HALO_INTEGRATOR_CLIENT_SECRET"));
        String query = "{\"command\":{\"text\":\"select count(*) as N from PATIENTS\"}}";
        String path = "/integrator/sites/" + demo.siteId() + "/queries/immediate";

        // When, Then
        assertThat(issuer.get(demo.gateway(), sites(), integrator)).isEqualTo(200);
        assertThat(issuer.post(demo.gateway(), path, integrator, query)).isEqualTo(200);
    }

    @Test
    void theIntegratorApiTakesNoOtherTokens() {
        // Given
        String integrator =
                issuer.ofClient(demo.value("HALO_INTEGRATOR_CLIENT_ID"), demo.value("HALO_INTEGRATOR_CLIENT_SECRET"));
        String operator = issuer.ofPerson("operator");
        String signed = integrator.substring(0, integrator.lastIndexOf('.') + 1);

        // When, Then
        assertThat(issuer.get(demo.gateway(), sites(), operator)).isEqualTo(401);
        assertThat(issuer.get(demo.gateway(), sites(), issuer.ofClient("halo-gateway-service", gatewaySecret())))
                .isEqualTo(401);
        assertThat(issuer.get(demo.gateway(), sites(), signed + operator.substring(operator.lastIndexOf('.') + 1)))
                .isEqualTo(401);
        assertThat(issuer.get(demo.gateway(), sites(), signed)).isEqualTo(401);
    }

    private String sites() {
        return "/integrator/sites?practiceManagementName=Zedmed&practiceManagementSiteId=" + demo.databaseId();
    }

    private static String named(String whose) {
        return "{\"name\":\"Client " + whose + " " + UUID.randomUUID() + "\"}";
    }

    private String gatewaySecret() {
        try {
            return Files.readString(stage.suite().state().root().resolve("keys/keycloak-gateway.secret"))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
