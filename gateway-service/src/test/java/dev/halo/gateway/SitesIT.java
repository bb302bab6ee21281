package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.Fakes;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import dev.halo.protocol.site.SiteStatus;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys, the exchange, pairing, and what every path has in common. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class SitesIT {

    private final FakeCloud cloud = Fakes.shared().cloud();

    @TestHTTPResource("/")
    URI base;

    private FakeCloud.Integrator integrator;
    private FakeCloud.Site site;
    private Api api;

    @BeforeEach
    void publishAnIntegratorAndASite() {
        integrator = cloud.integrator();
        site = cloud.site();
        api = new Api(base, integrator.key());
    }

    @Test
    void aKeyIsRefusedWithItsReason() {
        assertThat(unauthorized(null)).contains("missing");
        assertThat(unauthorized("stage_unknown")).contains("not known");
        assertThat(unauthorized("prod_0123")).contains("production");
        cloud.publish(integrator, true, true, List.of());
        assertThat(unauthorized(integrator.key())).contains("revoked");
        cloud.publish(integrator, false, false, List.of());
        assertThat(unauthorized(integrator.key())).contains("suspended");
    }

    @Test
    void aKeyWorksAsSoonAsItIsPublished() {
        FakeCloud.Integrator fresh = cloud.integrator();

        assertThat(new Api(base, fresh.key()).get(exchange(site.pmsId())).status())
                .isEqualTo(200);
    }

    @Test
    void theAllowListCountsTheAddressBehindOurProxies() {
        FakeCloud.Integrator restricted = cloud.integrator(List.of("203.0.113.0/24"));
        Api restrictedApi = new Api(base, restricted.key());
        HttpRequest.Builder allowed =
                restrictedApi.request(exchange(site.pmsId())).header("X-Forwarded-For", "203.0.113.9");
        HttpRequest.Builder other =
                restrictedApi.request(exchange(site.pmsId())).header("X-Forwarded-For", "198.51.100.1");

        assertThat(restrictedApi.send(allowed).status()).isEqualTo(200);
        Api.Answer refused = restrictedApi.send(other);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.message()).isEqualTo("Caller Ip Not Allowed");
    }

    @Test
    void theExchangeListsTheAuthoritativeSiteFirstThenTheNewest() {
        FakeCloud.Site older = another(site, Instant.parse("2020-01-01T00:00:00Z"));
        FakeCloud.Site newer = another(site, Instant.parse("2021-01-01T00:00:00Z"));
        FakeCloud.Site removed = new FakeCloud.Site(UUID.randomUUID(), UUID.randomUUID(), site.pmsId());
        cloud.publish(removed, SiteStatus.REMOVED, Instant.now());
        cloud.authority(older);

        JsonNode sites = awaitSites(3);

        assertThat(sites)
                .extracting(one -> one.path("id").asText())
                .containsExactly(
                        older.id().toString(), site.id().toString(), newer.id().toString());
        assertThat(sites)
                .extracting(one -> one.path("authoritative").asBoolean())
                .containsExactly(true, false, false);
    }

    @Test
    void theExchangeOfAnUnknownIdIsEmpty() {
        Api.Answer answer = api.get(exchange("NOWHERE"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("sites")).isEmpty();
        assertThat(api.get("/integrator/sites?practiceManagementSiteId=" + site.pmsId()
                                + "&practiceManagementName=Best%20Practice")
                        .json()
                        .path("sites"))
                .isEmpty();
    }

    @Test
    void theSharedDeveloperIdIsRefused() {
        Api.Answer answer = api.get(exchange("DEVELOPER"));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).contains("first eight characters");
    }

    @Test
    void aSiteHasAllItsFields() {
        Fakes.shared().bridge().open(site, Behaviours.silent());

        Api.Answer answer = awaitAvailability("online");

        JsonNode json = answer.json();
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "id",
                        "pmsType",
                        "availability",
                        "status",
                        "haloLinkVersion",
                        "enrichedAt",
                        "catalogue",
                        "practiceMetadata",
                        "name",
                        "practiceManagementSiteId",
                        "practiceManagementName",
                        "practiceManagementVersion",
                        "createdAt",
                        "authoritative",
                        "clientTimestampUTC",
                        "heartbeatTimestampUTC");
        assertThat(json.at("/practiceMetadata/practiceName").asText()).isEqualTo("Example Practice");
        assertThat(json.at("/catalogue/0/isDefault").asBoolean()).isTrue();
    }

    @Test
    void availabilityFollowsTheSession() {
        SessionRecord.Open open = Fakes.shared().bridge().open(site, Behaviours.silent());
        awaitAvailability("online");
        Fakes.shared().bridge().end(open, CloseCause.CLOSED);
        awaitAvailability("offline");
        open = Fakes.shared().bridge().open(site, Behaviours.silent());
        Fakes.shared().bridge().endedLongAgo(open);
        awaitAvailability("unreachable");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,  /integrator/sites/not-a-guid, 400",
        "GET,  /integrator/sites/1-1-1-1-1, 400",
        "GET,  /integrator/sites/00000000-0000-0000-0000-000000000000, 404",
        "GET,  /integrator/nowhere, 404",
        "GET,  /nowhere, 404",
        "DELETE, /integrator/sites, 405",
        "GET,  /integrator/pair-site, 405",
        "GET,  /integrator/sites/{site}/queries/immediate, 405",
        "POST, /integrator/sites/{site}/queries/async, 400",
        "POST, /integrator/sites/{site}/queries/status, 400",
        "GET,  /integrator/sites/{site}/queries/registered, 403",
        "GET,  /integrator/sites/{site}/queries/not-a-guid, 400",
        "GET,  /integrator/sites/{site}/queries/00000000-0000-0000-0000-000000000000, 404",
        "GET,  /integrator/sites/{site}/queries/00000000-0000-0000-0000-000000000000/results/1, 404",
        "GET,  /integrator/sites/{site}/fhir/R4/Patient, 404",
        "GET,  /integrator/sites/{site}/fhir/R4/Patient/7, 404",
        "GET,  /integrator/sites, 400",
        "POST, /integrator/pair-site, 400"
    })
    void everyPathAnswersAsTheApiDoes(String method, String path, int status) {
        HttpRequest.Builder request = api.request(
                        path.replace("{site}", site.id().toString()))
                .method(method, HttpRequest.BodyPublishers.noBody());

        assertThat(api.send(request).status()).isEqualTo(status);
    }

    @Test
    void fhirSaysThatThereIsNone() {
        Api.Answer answer = api.get("/integrator/sites/" + site.id() + "/fhir/R4/Patient?name=x");

        assertThat(answer.json().path("resourceType").asText()).isEqualTo("OperationOutcome");
        assertThat(answer.header("Content-Type")).startsWith("application/fhir+json");
    }

    @Test
    void aBodyOfAnotherTypeIs415AndATooLargeOne413() {
        HttpRequest.Builder text = api.request(Api.immediatePath(site))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("select 1"));

        assertThat(api.send(text).status()).isEqualTo(415);
        assertThat(api.immediate(site, "{\"x\":\"" + "y".repeat(800 * 1024) + "\"}")
                        .status())
                .isEqualTo(413);
    }

    @Test
    void pairingNeedsTheIdAndThePractice() {
        assertThat(api.post(pairing("pair-site", "NOWHERE")).status()).isEqualTo(404);
        Api.Answer refused = api.post(pairing("pair-site", site.pmsId()));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.message()).contains("not enabled");
        cloud.enable(integrator, site, true);

        Api.Answer paired = api.post(pairing("pair-site", site.pmsId()));

        assertThat(paired.status()).isEqualTo(200);
        assertThat(paired.json().path("id").asText()).isEqualTo(site.id().toString());
        assertThat(paired.header("Deprecation")).isNull();
    }

    @Test
    void theAliasPairsAndSaysThatItIsOld() {
        cloud.enable(integrator, site, true);

        Api.Answer paired = api.post(pairing("pairSite", site.pmsId()));

        assertThat(paired.status()).isEqualTo(200);
        assertThat(paired.header("Deprecation")).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"00000404, 404", "00000409, 403", "00000500, 502"})
    void theRegistrysRefusalIsPassedOn(String prefix, int status) {
        UUID id = UUID.fromString(prefix + UUID.randomUUID().toString().substring(8));
        FakeCloud.Site odd = new FakeCloud.Site(id, UUID.randomUUID(), "DB-" + id);
        cloud.publish(odd, SiteStatus.ACTIVE, Instant.now());
        cloud.authority(odd);
        cloud.enable(integrator, odd, true);

        assertThat(api.post(pairing("pair-site", odd.pmsId())).status()).isEqualTo(status);
    }

    @Test
    void theOpenApiDocumentNamesWhatIsThere() {
        Api.Answer document = api.send(api.request("/q/openapi?format=json").GET(), false);

        assertThat(document.json().path("paths").fieldNames())
                .toIterable()
                .contains(
                        "/integrator/sites",
                        "/integrator/sites/{siteId}",
                        "/integrator/pair-site",
                        "/integrator/pairSite",
                        "/integrator/sites/{siteId}/queries/immediate",
                        "/integrator/sites/{siteId}/queries/{queryId}");
        assertThat(document.json().at("/components/schemas").fieldNames())
                .toIterable()
                .contains("SiteForIntegrator", "ImmediateQuery", "ImmediateCommand", "Error");
    }

    private String unauthorized(String key) {
        Api.Answer answer = new Api(base, key).get(exchange(site.pmsId()));
        assertThat(answer.status()).isEqualTo(401);
        return answer.message();
    }

    private FakeCloud.Site another(FakeCloud.Site like, Instant createdAt) {
        FakeCloud.Site other = new FakeCloud.Site(UUID.randomUUID(), UUID.randomUUID(), like.pmsId());
        cloud.publish(other, SiteStatus.ACTIVE, createdAt);
        return other;
    }

    private JsonNode awaitSites(int count) {
        return await().until(
                        () -> api.get(exchange(site.pmsId())).json().path("sites"),
                        sites -> sites.size() == count
                                && !sites.get(0)
                                        .path("id")
                                        .asText()
                                        .equals(site.id().toString()));
    }

    private Api.Answer awaitAvailability(String wanted) {
        return await().until(
                        () -> api.get("/integrator/sites/" + site.id()),
                        answer -> answer.json().path("availability").asText().equals(wanted));
    }

    private static String exchange(String pmsId) {
        return "/integrator/sites?practiceManagementSiteId=" + pmsId + "&practiceManagementName=Zedmed";
    }

    private static String pairing(String path, String pmsId) {
        return "/integrator/" + path + "?practiceManagementSiteId=" + pmsId + "&practiceManagementName=Zedmed";
    }
}
