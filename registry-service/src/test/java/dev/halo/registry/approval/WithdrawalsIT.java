package dev.halo.registry.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.link.LinkMessages.SiteResult;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.AuthorityFacts;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import dev.halo.registry.TopicReader;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Link that may serve a PMS ID no longer loses it at once, and nobody gets it but by an operator. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class WithdrawalsIT {

    private static final String PATH = "/admin/v1/links/{id}/entitlements/withdrawal";

    @RegistrySuite.Inject
    RegistrySuite suite;

    private RegistryClient client;
    private AuthorityFacts facts;
    private final String pmsId = RegistryClient.pmsId();
    private final String kept = RegistryClient.pmsId();
    private final UUID siteId = UUID.randomUUID();
    private final UUID keptSite = UUID.randomUUID();
    private EnrolResponse link;

    @BeforeEach
    void link() {
        client = new RegistryClient(suite);
        facts = new AuthorityFacts(suite);
        link = client.enrol(pmsId, kept);
        announce();
    }

    @Test
    void itsSiteIsServedNoLongerAndTheNextLinkGainsBySwitch() throws SQLException {
        // Given
        UUID nextSite = UUID.randomUUID();
        EnrolResponse next = client.enrol(pmsId);
        client.announce(next.token(), RegistryClient.site(nextSite, pmsId));

        // When
        client.as("support")
                .queryParam("pmsId", pmsId)
                .get(PATH, link.linkId())
                .then()
                .statusCode(200)
                .body("leftWithout.pmsId", contains(pmsId))
                .body("leftWithout[0].candidates", contains(next.linkId().toString()));
        assertThat(facts.site(pmsId)).isEqualTo(siteId);
        withdraw(link.linkId(), pmsId)
                .statusCode(200)
                .body("leftWithout.pmsId", contains(pmsId))
                .body("leftWithout[0].candidates", contains(next.linkId().toString()));

        // Then
        assertThat(facts.site(pmsId)).isNull();
        assertThat(facts.site(kept)).isEqualTo(keptSite);
        assertThat(new TopicReader(suite.bootstrapServers()).values(Topic.SITES, siteId.toString(), SiteRecord.class))
                .extracting(SiteRecord::status)
                .containsExactly(SiteStatus.ACTIVE, SiteStatus.INITIALISING);
        client.operator().get("/admin/v1/links/{id}", link.linkId()).then().body("pmsIds", contains(kept));
        // And nobody takes it by announcing
        assertThat(announce())
                .extracting(SiteResult::status)
                .containsExactly(SiteStatus.INITIALISING, SiteStatus.ACTIVE);
        client.announce(next.token(), RegistryClient.site(nextSite, pmsId));
        assertThat(facts.site(pmsId)).isNull();
        client.switchNow(null, next.linkId()).statusCode(200);
        assertThat(facts.site(pmsId)).isEqualTo(nextSite);
    }

    @Test
    void itIsRecordedWithItsReason() {
        withdraw(link.linkId(), pmsId).statusCode(200);

        client.as("auditor")
                .get("/admin/v1/audit?subjectId=" + link.linkId() + "&action=LINK_ENTITLEMENT_WITHDRAWN")
                .then()
                .body("entries.reason", contains("the practice left"))
                .body("entries[0].detail.pmsId", equalTo(pmsId));
        client.operator()
                .get("/admin/v1/authority/history?pmsId=" + pmsId)
                .then()
                .body("changes.cause", contains("withdrawn", "first"))
                .body("changes[0].reason", equalTo("the practice left"));
    }

    @Test
    void approvedAgainItIsServedAndWaitsForASwitch() throws SQLException {
        // Given
        withdraw(link.linkId(), pmsId).statusCode(200);

        // When
        client.operator()
                .body(Map.of("pmsIds", List.of(pmsId), "reason", "by mistake"))
                .post("/admin/v1/links/{id}/entitlements", link.linkId())
                .then()
                .statusCode(200)
                .body("pmsIds", hasItem(pmsId));

        // Then
        client.operator()
                .get("/admin/v1/sites/{id}", siteId)
                .then()
                .body("status", equalTo("active"))
                .body("problem", equalTo(null))
                .body("authoritative", equalTo(false));
        client.switchNow(null, link.linkId()).statusCode(200);
        assertThat(facts.site(pmsId)).isEqualTo(siteId);
    }

    @Test
    void ofASuspendedLinkThatIsNotAuthoritativeNothingIsLeftWithout() throws SQLException {
        // Given
        EnrolResponse copy = client.enrol(pmsId);
        UUID copySite = UUID.randomUUID();
        client.announce(copy.token(), RegistryClient.site(copySite, pmsId));
        client.operator()
                .body(RegistryClient.because("perhaps a copy"))
                .post("/admin/v1/links/{id}/suspend", copy.linkId())
                .then()
                .statusCode(200);

        // When
        withdraw(copy.linkId(), pmsId).statusCode(200).body("leftWithout", empty());

        // Then
        assertThat(facts.site(pmsId)).isEqualTo(siteId);
        client.operator()
                .get("/admin/v1/sites/{id}", copySite)
                .then()
                .body("status", equalTo("initialising"))
                .body("problem", containsString("an operator must approve"));
    }

    @Test
    void whatIsNotKnownIsNamedAndNothingIsWithdrawn() throws SQLException {
        String unknown = RegistryClient.pmsId();
        withdraw(link.linkId(), pmsId, unknown)
                .statusCode(404)
                .body("error.message", containsString("is not entitled to " + unknown + "."))
                .body("error.message", not(containsString(pmsId)));
        withdraw(UUID.randomUUID(), pmsId).statusCode(404).body("error.message", containsString("There is no Link"));
        client.operator()
                .get(PATH, link.linkId())
                .then()
                .statusCode(400)
                .body("error.message", containsString("pmsId"));
        client.operator()
                .queryParam("pmsId", unknown)
                .get(PATH, link.linkId())
                .then()
                .statusCode(404);
        client.operator()
                .header("If-Match", "\"0\"")
                .body(Map.of("pmsIds", List.of(pmsId), "reason", "gone"))
                .post(PATH, link.linkId())
                .then()
                .statusCode(412);
        assertThat(facts.site(pmsId)).isEqualTo(siteId);
        client.retire("links", link.linkId(), "removed").statusCode(200);
        withdraw(link.linkId(), kept).statusCode(409);
    }

    private List<SiteResult> announce() {
        return client.announce(link.token(), RegistryClient.site(siteId, pmsId), RegistryClient.site(keptSite, kept))
                .sites();
    }

    private ValidatableResponse withdraw(UUID linkId, String... pmsIds) {
        return client.operator()
                .body(Map.of("pmsIds", List.of(pmsIds), "reason", "the practice left"))
                .post(PATH, linkId)
                .then();
    }
}
