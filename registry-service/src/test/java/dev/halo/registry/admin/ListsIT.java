package dev.halo.registry.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import dev.halo.registry.TopicReader;
import dev.halo.registry.secret.Secrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators and support find, page through, and change only as they saw it. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class ListsIT {

    @RegistrySuite.Inject
    RegistrySuite suite;

    private RegistryClient client;
    private EnrolResponse link;
    private UUID integratorId;
    private final String pmsId = RegistryClient.pmsId();
    private final UUID siteId = UUID.randomUUID();

    @BeforeEach
    void aSite() {
        client = new RegistryClient(suite);
        integratorId = client.createIntegrator("Integrator " + UUID.randomUUID());
        link = client.enrol(pmsId);
        client.announce(link.token(), RegistryClient.site(siteId, pmsId, integratorId));
    }

    private ValidatableResponse get(String path, Object... parameters) {
        return client.as("support").get(path, parameters).then().statusCode(200);
    }

    @Test
    void aSiteIsFoundByWhatPeopleKnowOfIt() {
        for (String search :
                List.of(pmsId, siteId.toString(), link.linkId().toString(), "practice " + pmsId.toLowerCase())) {
            get("/admin/v1/sites?search={search}", search).body("sites.siteId", contains(siteId.toString()));
        }
        get("/admin/v1/sites?pmsId={id}&status=active&authoritative=true", pmsId)
                .body("sites.siteId", contains(siteId.toString()))
                .body("nextOffset", nullValue());
        get("/admin/v1/sites?practiceName={name}&authoritative=false", pmsId).body("sites", hasSize(0));
        get("/admin/v1/sites?linkId={id}&status=removed", link.linkId()).body("sites", hasSize(0));
    }

    @Test
    void aLinkIsFoundByItsSitesAndByItself() {
        for (String search : List.of(pmsId, siteId.toString(), link.linkId().toString())) {
            get("/admin/v1/links?status=active&search={search}", search)
                    .body("links.linkId", contains(link.linkId().toString()));
        }
        get("/admin/v1/links?status=suspended&search={search}", pmsId).body("links", hasSize(0));
    }

    @Test
    void listsComeInPages() {
        client.announce(
                link.token(),
                RegistryClient.site(siteId, pmsId, integratorId),
                RegistryClient.site(UUID.randomUUID(), RegistryClient.pmsId()),
                RegistryClient.site(UUID.randomUUID(), RegistryClient.pmsId()));
        get("/admin/v1/sites?linkId={id}&limit=2", link.linkId())
                .body("sites", hasSize(2))
                .body("nextOffset", equalTo(2));
        get("/admin/v1/sites?linkId={id}&limit=2&offset=2", link.linkId())
                .body("sites", hasSize(1))
                .body("nextOffset", nullValue());
        get("/admin/v1/integrators?limit=1").body("integrators", hasSize(1));
        get("/admin/v1/enrolment-tokens?limit=1").body("enrolmentTokens", hasSize(1));
        get("/admin/v1/links?limit=1").body("links", hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/admin/v1/links/{link}", "/admin/v1/sites/{site}", "/admin/v1/integrators/{integrator}"})
    void whatIsKnownIsNotSentAgain(String template) {
        String path = template.replace("{link}", link.linkId().toString())
                .replace("{site}", siteId.toString())
                .replace("{integrator}", integratorId.toString());
        String tag = get(path).header("ETag", notNullValue()).extract().header("ETag");
        client.as("support")
                .header("If-None-Match", tag)
                .get(path)
                .then()
                .statusCode(304)
                .header("ETag", tag)
                .body(emptyOrNullString());
        client.as("support")
                .header("If-None-Match", "\"other\"")
                .get(path)
                .then()
                .statusCode(200);
    }

    @Test
    void listsHaveTagsAsWell() {
        String path = "/admin/v1/sites?linkId=" + link.linkId();
        String tag = get(path).extract().header("ETag");
        client.as("support").header("If-None-Match", tag).get(path).then().statusCode(304);
        client.announce(link.token());
        client.as("support").header("If-None-Match", tag).get(path).then().statusCode(200);
    }

    @Test
    void whoSawAnOlderStateChangesNothing() {
        // Given
        String path = "/admin/v1/links/" + link.linkId();
        String tag = get(path).extract().header("ETag");
        client.operator()
                .header("If-Match", tag)
                .body(RegistryClient.because("perhaps a copy"))
                .post(path + "/suspend")
                .then()
                .statusCode(200);

        // When
        var refused = client.operator()
                .header("If-Match", tag)
                .body(RegistryClient.because("it was none"))
                .post(path + "/reactivate")
                .then();

        // Then
        refused.statusCode(412).body("error.message", containsString("changed meanwhile"));
        get(path).body("status", equalTo("suspended"));
        for (String change : List.of(
                "/admin/v1/links/" + link.linkId() + "/retirement", "/admin/v1/sites/" + siteId + "/retirement")) {
            client.operator()
                    .header("If-Match", "\"0\"")
                    .body(Map.of("as", "removed", "reason", "gone"))
                    .post(change)
                    .then()
                    .statusCode(412);
        }
    }

    @Test
    void anIntegratorIsChangedAsAWhole() {
        // Given
        String path = "/admin/v1/integrators/" + integratorId;
        String name = get(path).extract().path("name");
        String tag = get(path).extract().header("ETag");
        Map<String, Object> change =
                Map.of("name", name, "allowedAddresses", List.of("10.0.0.0/8"), "tier", "gold", "reason", "they grew");

        // When
        client.operator()
                .header("If-Match", tag)
                .body(change)
                .put(path)
                .then()
                .statusCode(200)
                .body("tier", equalTo("gold"));

        // Then
        client.operator().header("If-Match", tag).body(change).put(path).then().statusCode(412);
        assertThat(new TopicReader(suite.bootstrapServers())
                        .values(Topic.INTEGRATORS, "integrator:" + integratorId, IntegratorFact.Integrator.class))
                .last()
                .satisfies(published -> {
                    assertThat(published.tier()).isEqualTo("gold");
                    assertThat(published.allowedAddresses()).containsExactly("10.0.0.0/8");
                });
        client.as("auditor")
                .queryParam("subjectId", integratorId)
                .queryParam("action", "INTEGRATOR_CHANGED")
                .get("/admin/v1/audit")
                .then()
                .body("entries[0].reason", equalTo("they grew"))
                .body("entries[0].detail.after.tier", equalTo("gold"));
        String other = "Integrator " + UUID.randomUUID();
        client.createIntegrator(other);
        client.operator().body(Map.of("name", other)).put(path).then().statusCode(409);
    }

    @Test
    void aPairingIsSeenAndRemovedAndMayComeAgain() {
        // Given
        client.tryPair(integratorId, siteId).statusCode(200);
        String path = "/admin/v1/pairings/" + integratorId + "/" + siteId;
        String tag = get(path).body("enabled", equalTo(true)).extract().header("ETag");
        get("/admin/v1/pairings?pmsId={id}", pmsId)
                .body("pairings.integratorId", contains(integratorId.toString()))
                .body("pairings[0].practiceName", equalTo("Practice " + pmsId));

        // When
        client.operator().header("If-Match", "\"9\"").delete(path).then().statusCode(412);
        client.operator()
                .header("If-Match", tag)
                .queryParam("reason", "by mistake")
                .delete(path)
                .then()
                .statusCode(204);

        // Then
        client.operator().delete(path).then().statusCode(404);
        get("/admin/v1/pairings?siteId={id}&active=true", siteId).body("pairings", hasSize(0));
        client.tryPair(integratorId, siteId).statusCode(200).body("created", equalTo(true));
        assertThat(new TopicReader(suite.bootstrapServers())
                        .values(
                                Topic.INTEGRATORS,
                                IntegratorFact.Pairing.keyOf(integratorId, siteId),
                                IntegratorFact.class))
                .extracting(IntegratorFact::version)
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void theAuditIsSearched() {
        // Given
        client.operator()
                .body(RegistryClient.because("a first time"))
                .post("/admin/v1/links/{id}/suspend", link.linkId())
                .then()
                .statusCode(200);

        // When / Then
        var entries = client.as("auditor").queryParam("subjectId", link.linkId());
        entries.queryParam("actor", "alice@example.org")
                .queryParam("subjectKind", "LINK")
                .queryParam("from", "2020-01-01T00:00:00Z")
                .queryParam("to", "2100-01-01T00:00:00Z")
                .get("/admin/v1/audit")
                .then()
                .statusCode(200)
                .body("entries.action", contains("LINK_SUSPENDED"))
                .body("entries.reason", contains("a first time"));
        client.as("auditor")
                .queryParam("subjectId", link.linkId())
                .queryParam("to", "2020-01-01T00:00:00Z")
                .get("/admin/v1/audit")
                .then()
                .body("entries", hasSize(0));
        int next = client.as("auditor")
                .get("/admin/v1/audit?limit=1")
                .then()
                .extract()
                .path("next");
        client.as("auditor")
                .get("/admin/v1/audit?limit=3&before=" + next)
                .then()
                .body("entries.auditId", everyItem(org.hamcrest.Matchers.lessThan(next)));
    }

    @Test
    void theAuditIsTakenAwayAsATable() {
        // Given
        client.operator()
                .body(RegistryClient.because("=cmd|' /C calc'!A0, they \"said\""))
                .post("/admin/v1/links/{id}/suspend", link.linkId())
                .then()
                .statusCode(200);
        String json = client.as("auditor")
                .get("/admin/v1/audit?subjectId=" + link.linkId())
                .then()
                .header("Vary", containsString("Accept"))
                .extract()
                .header("ETag");

        // When
        var answer = client.as("auditor")
                .accept("text/csv")
                .header("If-None-Match", json)
                .get("/admin/v1/audit?subjectId=" + link.linkId())
                .then();

        // Then
        List<String> lines = answer.statusCode(200)
                .contentType("text/csv")
                .header("Vary", containsString("Accept"))
                .header("Content-Disposition", containsString("audit.csv"))
                .extract()
                .asString()
                .lines()
                .toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0))
                .isEqualTo("auditId,at,actorKind,actor,action,subjectKind,subjectId,reason,detail,commandId");
        assertThat(lines.get(1))
                .contains(",OPERATOR,alice@example.org,LINK_SUSPENDED,LINK," + link.linkId()
                        + ",\"'=cmd|' /C calc'!A0, they \"\"said\"\"\",,");
        assertThat(lines.get(2)).contains("LINK_ENROLLED");
        client.as("auditor")
                .accept("text/csv")
                .get("/admin/v1/audit?limit=1&before=" + lines.get(1).split(",")[0] + "&subjectId=" + link.linkId())
                .then()
                .body(containsString("LINK_ENROLLED"));
        client.as("support").accept("text/csv").get("/admin/v1/audit").then().statusCode(403);
        client.as("auditor")
                .accept("text/csv")
                .get("/admin/v1/audit?limit=1001")
                .then()
                .statusCode(400)
                .contentType("application/json");
        client.as("auditor")
                .accept("application/xml")
                .get("/admin/v1/audit")
                .then()
                .statusCode(406);
    }

    @Test
    void noAnswerShowsASecretAfterItsFirstTime() {
        // Given
        String token = client.enrolmentToken(RegistryClient.pmsId());
        String key = client.issueKey(integratorId, "PRIMARY");
        String webhook = client.operator()
                .body(Map.of("url", "https://receiver.example.org/hook"))
                .put("/admin/v1/integrators/{id}/webhooks", integratorId)
                .then()
                .statusCode(200)
                .extract()
                .path("secret");
        List<String> secrets = List.of(token, key, webhook, link.secret(), link.token());

        // When / Then
        for (String path : List.of(
                "/admin/v1/integrators/" + integratorId,
                "/admin/v1/integrators/" + integratorId + "/webhooks",
                "/admin/v1/integrators?limit=1000",
                "/admin/v1/enrolment-tokens?limit=1000",
                "/admin/v1/links/" + link.linkId(),
                "/admin/v1/links?limit=1000",
                "/admin/v1/sites/" + siteId,
                "/admin/v1/audit?limit=1000")) {
            String answer =
                    client.operator().get(path).then().statusCode(200).extract().asString();
            assertThat(secrets).noneMatch(answer::contains);
            assertThat(secrets).map(Secrets::sha256).noneMatch(answer::contains);
        }
    }
}
