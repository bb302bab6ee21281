package dev.halo.registry.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.link.LinkMessages.SiteResult;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.registry.AuthorityFacts;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits for an operator takes effect when the operator has decided, not at the next announcement. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class ApprovalsIT {

    @RegistrySuite.Inject
    RegistrySuite suite;

    private RegistryClient client;
    private AuthorityFacts facts;
    private final String pmsId = RegistryClient.pmsId();
    private final UUID siteId = UUID.randomUUID();
    private final UUID copy = UUID.randomUUID();

    @BeforeEach
    void client() {
        client = new RegistryClient(suite);
        facts = new AuthorityFacts(suite);
    }

    @Test
    void anApprovedPmsIdIsServedAtOnce() throws SQLException {
        // Given
        EnrolResponse link = client.enrol(RegistryClient.pmsId());
        client.announce(link.token(), RegistryClient.site(siteId, pmsId));
        client.operator().get("/admin/v1/sites/{id}", siteId).then().body("status", equalTo("initialising"));

        // When
        approve(link).statusCode(200).body("pmsIds", hasItem(pmsId));

        // Then
        client.operator()
                .get("/admin/v1/sites/{id}", siteId)
                .then()
                .body("status", equalTo("active"))
                .body("authoritative", equalTo(true));
        assertThat(facts.site(pmsId)).isEqualTo(siteId);
    }

    @Test
    void anApprovalAfterTheFirstLinkDoesNotTakeAuthority() throws SQLException {
        // Given
        UUID first = UUID.randomUUID();
        EnrolResponse owner = client.enrol(pmsId);
        client.announce(owner.token(), RegistryClient.site(first, pmsId));
        EnrolResponse later = client.enrol(RegistryClient.pmsId());
        client.announce(later.token(), RegistryClient.site(siteId, pmsId));

        // When
        approve(later).statusCode(200);

        // Then
        client.operator()
                .get("/admin/v1/sites/{id}", siteId)
                .then()
                .body("status", equalTo("active"))
                .body("authoritative", equalTo(false));
        assertThat(facts.site(pmsId)).isEqualTo(first);
    }

    @Test
    void ofADatabaseAndItsTrainingCopyTheOperatorChooses() throws SQLException {
        // Given
        EnrolResponse link = client.enrol(pmsId);
        client.announce(link.token(), RegistryClient.site(siteId, pmsId));
        client.announce(link.token(), RegistryClient.site(siteId, pmsId), RegistryClient.site(copy, pmsId));

        // When
        choose(copy).statusCode(200).body("status", equalTo("active")).body("authoritative", equalTo(true));

        // Then
        assertThat(facts.site(pmsId)).isEqualTo(copy);
        assertThat(facts.published(pmsId)).extracting(AuthorityRecord::siteId).containsExactly(siteId, copy);
        assertThat(facts.published(pmsId))
                .extracting(AuthorityRecord::linkId)
                .containsExactly(link.linkId(), link.linkId());
        client.operator()
                .get("/admin/v1/sites/{id}", siteId)
                .then()
                .body("status", equalTo("initialising"))
                .body("problem", containsString(copy.toString()));

        // And it stays so when both are announced again, until the operator chooses the other one
        List<SiteResult> again = client.announce(
                        link.token(), RegistryClient.site(siteId, pmsId), RegistryClient.site(copy, pmsId))
                .sites();
        assertThat(again).extracting(SiteResult::status).containsExactly(SiteStatus.INITIALISING, SiteStatus.ACTIVE);
        choose(siteId).statusCode(200);
        assertThat(facts.site(pmsId)).isEqualTo(siteId);
    }

    @Test
    void ofTwoUnknownDatabasesNeitherIsServedUntilTheOperatorChooses() throws SQLException {
        // Given
        EnrolResponse link = client.enrol(pmsId);
        List<SiteResult> both = client.announce(
                        link.token(), RegistryClient.site(siteId, pmsId), RegistryClient.site(copy, pmsId))
                .sites();
        assertThat(both).extracting(SiteResult::status).containsOnly(SiteStatus.INITIALISING);

        // When
        choose(siteId).statusCode(200);

        // Then
        assertThat(facts.site(pmsId)).isEqualTo(siteId);
    }

    @Test
    void whatCannotBeServedCannotBeChosen() {
        // Given
        EnrolResponse link = client.enrol(RegistryClient.pmsId());
        client.announce(link.token(), RegistryClient.site(siteId, pmsId), RegistryClient.site(copy, pmsId));

        // When
        var refused = choose(siteId);

        // Then
        refused.statusCode(409).body("error.message", containsString("an operator must approve"));
        choose(UUID.randomUUID()).statusCode(404);
        client.announce(link.token());
        choose(siteId).statusCode(409).body("error.message", containsString("no longer announces"));
    }

    private ValidatableResponse approve(EnrolResponse link) {
        return client.operator()
                .body(Map.of("pmsIds", List.of(pmsId), "reason", "the practice moved here"))
                .post("/admin/v1/links/{id}/entitlements", link.linkId())
                .then();
    }

    private ValidatableResponse choose(UUID site) {
        return client.operator()
                .body(RegistryClient.because("the other one is for training"))
                .post("/admin/v1/sites/{id}/choice", site)
                .then();
    }
}
