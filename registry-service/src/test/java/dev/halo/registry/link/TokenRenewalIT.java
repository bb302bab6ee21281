package dev.halo.registry.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import dev.halo.protocol.link.LinkMessages.EnrolResponse;
import dev.halo.protocol.link.LinkMessages.TokenResponse;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.RegistryClient;
import dev.halo.registry.RegistrySuite;
import dev.halo.registry.TopicReader;
import dev.halo.registry.secret.Secrets;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Link's secret changes with each renewal, and a used-up one gives a copied machine away. */
@QuarkusTest
@QuarkusTestResource(RegistrySuite.class)
class TokenRenewalIT {

    @RegistrySuite.Inject
    RegistrySuite suite;

    private RegistryClient client;

    @BeforeEach
    void client() {
        client = new RegistryClient(suite);
    }

    @Test
    void eachRenewalGivesTheNextSecret() {
        // Given
        EnrolResponse link = client.enrol(RegistryClient.pmsId());

        // When
        TokenResponse first = client.renew(link.linkId(), link.secret());
        TokenResponse second = client.renew(link.linkId(), first.secret());
        TokenResponse third = client.renew(link.linkId(), second.secret());

        // Then
        assertThat(java.util.Set.of(link.secret(), first.secret(), second.secret(), third.secret()))
                .hasSize(4);
        client.tryAnnounce(third.token()).statusCode(200);
    }

    @Test
    void anAnswerThatIsLostOnTheWayLocksNobodyOut() {
        // Given
        EnrolResponse link = client.enrol(RegistryClient.pmsId());
        client.renew(link.linkId(), link.secret());

        // When the Link never saw that answer
        TokenResponse again = client.renew(link.linkId(), link.secret());
        client.renew(link.linkId(), link.secret());
        TokenResponse last = client.renew(link.linkId(), link.secret());

        // Then
        assertThat(again.secret()).isNotEqualTo(last.secret());
        client.renew(link.linkId(), last.secret());
        status(link.linkId(), "active");
    }

    @Test
    void aRetiredSecretSuspendsTheLinkAndTellsTheBridges() {
        // Given
        String pmsId = RegistryClient.pmsId();
        UUID siteId = UUID.randomUUID();
        EnrolResponse link = client.enrol(pmsId);
        client.announce(link.token(), RegistryClient.site(siteId, pmsId));
        TokenResponse first = client.renew(link.linkId(), link.secret());
        TokenResponse second = client.renew(link.linkId(), first.secret());

        // When
        client.tryRenew(link.linkId(), link.secret())
                .statusCode(403)
                .body("error.message", containsString("suspended"));

        // Then
        client.tryRenew(link.linkId(), second.secret())
                .statusCode(403)
                .body("error.message", containsString("suspended"));
        client.tryAnnounce(second.token(), RegistryClient.site(siteId, pmsId))
                .statusCode(403)
                .body("error.message", containsString("suspended"));
        assertThat(new TopicReader(suite.bootstrapServers()).values(Topic.SITES, siteId.toString(), SiteRecord.class))
                .extracting(SiteRecord::linkStatus)
                .containsExactly(LinkStatus.ACTIVE, LinkStatus.SUSPENDED);
        client.as("auditor")
                .get("/admin/v1/audit?subjectId=" + link.linkId())
                .then()
                .body("entries.action", hasItem("LINK_SUSPENDED"));
    }

    @Test
    void ofTwoMachinesWithOneSecretTheSecondIsNoticed() {
        // Given both have the same secret
        EnrolResponse link = client.enrol(RegistryClient.pmsId());
        TokenResponse original = client.renew(link.linkId(), link.secret());

        // When the copy renews before the original uses what it was given
        client.renew(link.linkId(), link.secret());

        // Then
        client.tryRenew(link.linkId(), original.secret()).statusCode(403);
        status(link.linkId(), "suspended");
    }

    @Test
    void anOperatorTrustsASuspendedLinkAgain() {
        // Given
        String pmsId = RegistryClient.pmsId();
        UUID siteId = UUID.randomUUID();
        EnrolResponse link = client.enrol(pmsId);
        client.announce(link.token(), RegistryClient.site(siteId, pmsId));
        TokenResponse first = client.renew(link.linkId(), link.secret());
        TokenResponse second = client.renew(link.linkId(), first.secret());
        client.tryRenew(link.linkId(), link.secret()).statusCode(403);

        // When
        client.operator()
                .body(Map.of("reason", "the copy was a backup that was started by mistake"))
                .post("/admin/v1/links/{id}/reactivate", link.linkId())
                .then()
                .statusCode(200)
                .body("status", equalTo("active"));

        // Then
        client.renew(link.linkId(), second.secret());
        assertThat(new TopicReader(suite.bootstrapServers()).values(Topic.SITES, siteId.toString(), SiteRecord.class))
                .extracting(SiteRecord::version)
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void anUnknownSecretIs401AndChangesNothing() {
        EnrolResponse link = client.enrol(RegistryClient.pmsId());
        client.tryRenew(link.linkId(), "guess").statusCode(401);
        client.tryRenew(UUID.randomUUID(), link.secret()).statusCode(401);
        status(link.linkId(), "active");
    }

    @Test
    void aRestoredDatabaseKnowsTheLinkByItsToken() throws SQLException {
        // Given
        EnrolResponse link = client.enrol(RegistryClient.pmsId());
        TokenResponse first = client.renew(link.linkId(), link.secret());
        TokenResponse last = client.renew(link.linkId(), first.secret());
        withToken(link.linkId(), "guess", last.token()).statusCode(401);

        // When the database is as it was two hours ago, before the first renewal
        execute("delete from registry.retired_secret where link_id = '" + link.linkId() + "'");
        execute("update registry.link set secret_sha256 = '" + Secrets.sha256(link.secret())
                + "', next_secret_sha256 = null, token_issued_at = now() - interval '2 hours' where link_id = '"
                + link.linkId() + "'");

        // Then its secret alone is not known, nor with the token of another Link
        client.tryRenew(link.linkId(), last.secret()).statusCode(401);
        EnrolResponse other = client.enrol(RegistryClient.pmsId());
        withToken(link.linkId(), last.secret(), other.token()).statusCode(401);
        String secret = withToken(link.linkId(), last.secret(), last.token())
                .statusCode(200)
                .extract()
                .path("secret");
        client.as("auditor")
                .get("/admin/v1/audit?subjectId=" + link.linkId() + "&action=LINK_RECOGNISED")
                .then()
                .body("entries[0].reason", containsString("after the backup"));
        // And it is once so, and the secret of the backup is used up
        withToken(link.linkId(), "guess", last.token()).statusCode(401);
        client.renew(link.linkId(), secret);
        client.tryRenew(link.linkId(), link.secret()).statusCode(403);
        status(link.linkId(), "suspended");
    }

    private static ValidatableResponse withToken(UUID linkId, String secret, String token) {
        return RestAssured.given()
                .contentType(ContentType.JSON)
                .header("Authorization", "Bearer " + token)
                .body(Map.of("linkId", linkId, "secret", secret, "environment", "production"))
                .post("/link/v1/token")
                .then();
    }

    private void execute(String sql) throws SQLException {
        try (Connection database = suite.database();
                var statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void anotherEnvironmentIsRefused() {
        EnrolResponse link = client.enrol(RegistryClient.pmsId());
        RestAssured.given()
                .contentType(ContentType.JSON)
                .body(Map.of("linkId", link.linkId(), "secret", link.secret(), "environment", "stage"))
                .post("/link/v1/token")
                .then()
                .statusCode(403)
                .body("error.message", containsString("This is production"));
    }

    private void status(UUID linkId, String status) {
        client.operator()
                .get("/admin/v1/links/{id}", linkId)
                .then()
                .statusCode(200)
                .body("status", equalTo(status));
    }
}
