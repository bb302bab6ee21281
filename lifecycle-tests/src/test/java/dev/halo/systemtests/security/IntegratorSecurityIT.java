package dev.halo.systemtests.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.link.ScriptedLink;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.NewIntegrator;
import dev.halo.systemtests.suite.OperatorClient;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What integrators and people may see, and what whoever has no credentials meets. */
@SystemTest
class IntegratorSecurityIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final QueryBody SMALL = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final OperatorClient operator;

    IntegratorSecurityIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.operator = suite.operator();
    }

    @Test
    void anotherIntegratorsQueriesPagesAndUsageAreNotThere() {
        // Given what one integrator has at a practice where the other one may query too
        IntegratorClient owner = suite.integratorA();
        IntegratorClient other = suite.integratorC();
        String immediate = owner.immediate(demo.siteId(), SMALL).id();
        String async = owner.async(demo.siteId(), SMALL).id();
        assertThat(owner.awaitEnded(demo.siteId(), async).queryStatus()).isEqualTo("successful");
        String registered =
                owner.register(demo.siteId(), SMALL.registered("mine", 60, 600)).id();
        String registeredPath = IntegratorClient.registeredPath(demo.siteId()) + "/" + registered;

        // When, Then
        assertThat(other.query(demo.siteId(), immediate).status()).isEqualTo(404);
        assertThat(other.query(demo.siteId(), async).status()).isEqualTo(404);
        assertThat(other.page(demo.siteId(), async, 1).status()).isEqualTo(404);
        assertThat(other.stream(demo.siteId(), async, 1).statusCode()).isEqualTo(404);
        assertThat(other.delete(demo.siteId(), async).status()).isEqualTo(404);
        assertThat(other.get(registeredPath).status()).isEqualTo(404);
        assertThat(other.get(registeredPath + "/results").status()).isEqualTo(404);
        assertThat(other.raw("DELETE", registeredPath).statusCode()).isEqualTo(404);
        assertThat(other.get(IntegratorClient.registeredPath(demo.siteId()))
                        .json()
                        .toString())
                .doesNotContain(registered);
        assertThat(other.statuses(demo.siteId(), "{\"queryIds\":[\"" + async + "\"]}")
                        .json()
                        .path("results")
                        .path(0)
                        .path("status")
                        .asText())
                .isEqualTo("notFound");
        assertThat(usage(other)).contains(suite.integratorId("C")).doesNotContain(suite.integratorId("A"));

        // And nothing of it has changed
        assertThat(owner.page(demo.siteId(), async, 1).status()).isEqualTo(200);
        assertThat(owner.get(registeredPath).status()).isEqualTo(200);
        owner.raw("DELETE", registeredPath);
    }

    @Test
    void aKeyIsOfNoUseButAtTheIntegratorsApi() {
        // When, Then
        assertThat(operator.statusWithToken(demo.keyA())).isEqualTo(401);
        IntegratorClient owner = suite.integratorA();
        for (String path : List.of("/admin/v1/queries", "/admin/v1/query-audit", "/admin/v1/webhooks")) {
            assertThat(owner.raw("GET", path).statusCode()).as(path).isEqualTo(401);
        }
    }

    @Test
    void aPersonsTokenMustBeTheIssuersForThisApiAndAlive() {
        // Given
        Tokens tokens = Tokens.ofPeople(suite.keys());
        Instant later = Instant.now().plusSeconds(600);
        String good = tokens.person("operator").until(later).sign();
        List<String> bad = List.of(
                Tokens.withAnotherKey("RSA").person("operator").until(later).sign(),
                tokens.person("operator").until(Instant.now().minusSeconds(600)).sign(),
                tokens.person("operator")
                        .until(later)
                        .audience("halo-integrator-api")
                        .sign(),
                Tokens.unsigned(good));

        // When, Then
        assertThat(operator.statusWithToken(good)).isEqualTo(200);
        assertThat(queriesAsSeenBy(good)).isEqualTo(200);
        assertThat(bad).allSatisfy(token -> {
            assertThat(operator.statusWithToken(token)).isEqualTo(401);
            assertThat(queriesAsSeenBy(token)).isEqualTo(401);
        });
        assertThat(operator.statusWithToken(
                        tokens.person("auditor").until(later).sign()))
                .isEqualTo(403);
        assertThat(queriesAsSeenBy(tokens.person("auditor").until(later).sign()))
                .isEqualTo(403);
        assertThat(suite.client(null)
                        .raw("GET", sites(), "Authorization", "Bearer " + good)
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void anIntegratorWithAnAllowListIsServedFromItsAddressesAlone() {
        // Given
        NewIntegrator elsewhere = NewIntegrator.create(demo, operator, null, "[\"192.0.2.0/24\"]");
        NewIntegrator here = NewIntegrator.create(demo, operator, null, "[\"192.0.2.0/24\",\"127.0.0.0/8\"]");

        // When
        Answer refused = elsewhere.client().sites(demo.databaseId());
        Answer pretending = elsewhere.client().send("GET", sites(), null, null, "X-Forwarded-For", "192.0.2.7");

        // Then
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.message()).isEqualTo("Caller Ip Not Allowed");
        assertThat(pretending.status()).isEqualTo(403);
        assertThat(here.client().sites(demo.databaseId()).status()).isEqualTo(200);
    }

    @Test
    void whoTriesCredentialsIsSlowedAndNobodyElse() {
        // Given one who has an address of its own
        String key = IntegratorClient.KEY_HEADER + ": prod_" + "0".repeat(43);
        String token = "Authorization: Bearer nonsense";

        // When
        OtherAddress.Tries keys = OtherAddress.tries(demo.gateway(), sites(), key, 320);
        OtherAddress.Tries people = OtherAddress.tries(demo.registry(), "/admin/v1/integrators", token, 40);
        OtherAddress.Tries links = OtherAddress.tries(demo.routing(), "/link/v1/session", token, 40);

        // Then
        assertThat(keys.first()).startsWith("HTTP/1.1 401");
        assertThat(List.of(keys.last(), people.last(), links.last()))
                .allSatisfy(last -> assertThat(last).startsWith("HTTP/1.1 429").containsIgnoringCase("Retry-After"));
        assertThat(suite.integratorA().sites(demo.databaseId()).status()).isEqualTo(200);
        assertThat(operator.statusWithToken(demo.value("HALO_OPERATOR_TOKEN"))).isEqualTo(200);
    }

    @Test
    void noSecretIsShownAgain() {
        // Given each secret that is ever shown
        NewIntegrator integrator = NewIntegrator.create(demo, operator);
        String webhooks = operator.setWebhooks(integrator.id(), "http://127.0.0.1:9/hidden-in-the-path");
        String enrolment = ScriptedLink.enrolmentToken(operator, ScriptedLink.newPmsId());
        ScriptedLink link = ScriptedLink.enrol(demo, operator, ScriptedLink.newPmsId());
        List<String> secrets = List.of(integrator.key(), webhooks, enrolment, link.secret(), link.token());
        integrator.client().sites(demo.databaseId());

        // When
        String all = String.join(
                "\n",
                read("/integrators?limit=1000"),
                read("/integrators/" + integrator.id()),
                read("/integrators/" + integrator.id() + "/webhooks"),
                read("/enrolment-tokens?limit=1000"),
                read("/links?limit=1000"),
                read("/links/" + link.linkId()),
                read("/audit?limit=1000"),
                operator.readGateway("/query-audit").toString(),
                operator.readGateway("/queries").toString(),
                usage(integrator.client()));

        // Then
        assertThat(all).contains(integrator.id(), link.linkId().toString());
        assertThat(secrets).allSatisfy(secret -> {
            assertThat(secret).hasSizeGreaterThan(20);
            assertThat(all.contains(secret)).as("a secret is shown again").isFalse();
        });
        operator.removeWebhooks(integrator.id());
    }

    @Test
    void everyChangeIsRecordedWithWhoAndWhy() {
        // Given
        NewIntegrator integrator = NewIntegrator.create(demo, operator);

        // When
        operator.change(
                "/integrators/" + integrator.id() + "/suspend", "{\"reason\":\"ticket " + UUID.randomUUID() + "\"}");
        await().atMost(SOON)
                .until(() -> integrator.client().sites(demo.databaseId()).status() == 401);
        operator.change("/integrators/" + integrator.id() + "/activate", "{}");

        // Then
        assertThat(integrator.client().sites(demo.databaseId()).status()).isEqualTo(200);
        JsonNode entries = operator.read("/audit?subjectId=" + integrator.id()).path("entries");
        assertThat(entries.size()).isGreaterThanOrEqualTo(4);
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.path("actor").toString()).contains("operator");
            assertThat(entry.path("at").asText()).isNotEmpty();
        });
        assertThat(entries.toString()).contains("ticket ");
    }

    private String read(String path) {
        return operator.read(path).toString();
    }

    private String usage(IntegratorClient client) {
        return new String(client.raw("GET", "/integrator/usage").body(), StandardCharsets.UTF_8);
    }

    private int queriesAsSeenBy(String token) {
        return suite.client(null)
                .raw("GET", "/admin/v1/queries", "Authorization", "Bearer " + token)
                .statusCode();
    }

    private String sites() {
        return "/integrator/sites?practiceManagementName=Zedmed&practiceManagementSiteId=" + demo.databaseId();
    }
}
