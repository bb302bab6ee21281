package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** How registered queries end. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class RegisteredEndIT extends RegisteredFixture {

    @Test
    void aCancelledOneEndsAtTheLinkAndMayBeCancelledAgain() {
        // Given
        link.connect();
        UUID id = register();
        link.awaitRegistration(id);
        link.runChanged(id, 1, ROWS, 1);
        awaitCounts(id, 1, 0);

        // When
        assertThat(delete(id).status()).isEqualTo(204);

        // Then
        assertThat(delete(id).status()).isEqualTo(204);
        assertThat(get(id).json().path("status").asText()).isEqualTo("cancelled");
        assertThat(rows(api.get(path(id) + "/results"))).isEqualTo(ROWS);
        awaitCancel(id, LinkErrorCode.CANCELLED);
        assertThat(link.upload(site.linkId(), id, 2, ROWS, 1)).isEqualTo(410);
    }

    @Test
    void aLinkThatHasMissedTheEndIsToldAgain() {
        link.connect();
        UUID id = register();
        link.awaitRegistration(id);
        link.disconnect(CloseCause.CLOSED);
        Awaitility.await().until(() -> api.get("/integrator/sites/" + site.id())
                .json()
                .path("availability")
                .asText()
                .equals("offline"));
        assertThat(delete(id).status()).isEqualTo(204);

        link.connect(id);

        awaitCancel(id, LinkErrorCode.CANCELLED);
    }

    @Test
    void aRunAfterTheEndChangesNothingAndIsAnsweredWithTheEnd() {
        link.connect();
        UUID id = register();
        link.awaitRegistration(id);
        assertThat(delete(id).status()).isEqualTo(204);
        awaitCancel(id, LinkErrorCode.CANCELLED);
        long told = cancels(id, LinkErrorCode.CANCELLED);

        link.ran(id, 1, null, false, new Outcome.Affected(1, List.of(), Behaviours.TIMING));

        Awaitility.await().until(() -> cancels(id, LinkErrorCode.CANCELLED) > told);
        assertThat(get(id).json()
                        .path("metrics")
                        .path("executionSucceededCount")
                        .asInt())
                .isZero();
    }

    @Test
    void itIsCompletedWhenItHasRunItsDuration() throws SQLException {
        // Given
        link.connect();
        UUID id = register();
        link.awaitRegistration(id);
        link.confirm(id);
        link.runChanged(id, 1, ROWS, 1);
        awaitCounts(id, 1, 0);

        // When
        Instant endsAt = Instant.now().plusMillis(200);
        sql("update gateway.registered_query set ends_at = '" + endsAt + "' where query_id = '" + id + "'");

        // Then
        Awaitility.await().until(() -> get(id).json().path("status").asText().equals("completed"));
        assertThat(Instant.parse(get(id).json().path("completedAt").asText()))
                .isBetween(endsAt.minusMillis(2), endsAt.plusMillis(2));
        assertThat(rows(api.get(path(id) + "/results"))).isEqualTo(ROWS);
        assertThat(listed()).contains(id.toString());
        sql("update gateway.registered_query set ended_at = now() - interval '24 hours' where query_id = '" + id + "'");
        assertThat(get(id).status()).isEqualTo(404);
        assertThat(listed()).doesNotContain(id.toString());
    }

    @Test
    void oneThatNoLinkTookDidNotBegin() throws SQLException {
        UUID id = register();

        sql("update gateway.registered_query set ends_at = now() - interval '1 minute' where query_id = '" + id + "'");

        Awaitility.await().until(() -> get(id).json().path("status").asText().equals("initialisationFailedCacheError"));
        assertThat(get(id).json().path("lastErrorDetails").path("errorMessage").asText())
                .contains("did not take");
    }

    @Test
    void oneThatTheLinkRefusesDidNotBegin() {
        link.connect();
        UUID id = register();
        link.awaitRegistration(id);

        link.end(id, LinkErrorCode.INTERNAL.failure("The Link holds as many registered queries as it can."));

        Awaitility.await().until(() -> get(id).json().path("status").asText().equals("initialisationFailedCacheError"));
        assertThat(get(id).json().path("lastErrorDetails").path("errorCode").asInt())
                .isEqualTo(1099);
    }

    @Test
    void disablingTheIntegratorEndsItAndRemovesItsResult() {
        // Given
        link.connect();
        UUID id = register();
        link.awaitRegistration(id);
        link.runChanged(id, 1, ROWS, 1);
        awaitCounts(id, 1, 0);

        // When
        cloud.enable(integrator, site, false);
        awaitCancel(id, LinkErrorCode.INTEGRATOR_DISABLED);
        assertThat(get(id).status()).isEqualTo(403);
        cloud.enable(integrator, site, true);

        // Then
        Api.Answer shown = get(id);
        assertThat(shown.json().path("status").asText()).isEqualTo("cancelled");
        assertThat(shown.json().path("lastErrorDetails").path("errorCode").asInt())
                .isEqualTo(1006);
        assertThat(api.get(path(id) + "/results").status()).isEqualTo(410);
    }

    @Test
    void disablingForAMomentRemovesTheResultsOfWhatHadEndedToo() {
        // Given one that runs, and one that its integrator has ended
        link.connect();
        UUID runs = registeredWithResult();
        UUID ended = registeredWithResult();
        assertThat(delete(ended).status()).isEqualTo(204);
        assertThat(rows(api.get(path(ended) + "/results"))).isEqualTo(ROWS);

        // When it is enabled again before anybody looks
        cloud.enable(integrator, site, false);
        cloud.enable(integrator, site, true);

        // Then
        awaitCancel(runs, LinkErrorCode.INTEGRATOR_DISABLED);
        for (UUID id : List.of(runs, ended)) {
            Awaitility.await().until(() -> api.get(path(id) + "/results").status() == 410);
            Awaitility.await().until(() -> results(id) == 0);
        }

        // And what is registered from now on stays
        UUID later = registeredWithResult();
        assertThat(rows(api.get(path(later) + "/results"))).isEqualTo(ROWS);
    }

    private UUID registeredWithResult() {
        UUID id = register();
        link.awaitRegistration(id);
        link.runChanged(id, 1, ROWS, 1);
        awaitCounts(id, 1, 0);
        return id;
    }

    private static int results(UUID id) throws SQLException {
        try (Connection database = EmbeddedPostgres.shared().connect(GatewayResources.DATABASE);
                var statement = database.createStatement();
                var rows = statement.executeQuery(
                        "select count(*) from gateway.registered_result where query_id = '" + id + "'")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    @Test
    void anotherSitesAuthorityEndsItAndLeavesItsResult() {
        // Given
        link.connect();
        UUID id = register();
        link.awaitRegistration(id);
        link.runChanged(id, 1, ROWS, 1);
        awaitCounts(id, 1, 0);

        // When
        cloud.authority(new FakeCloud.Site(UUID.randomUUID(), UUID.randomUUID(), site.pmsId()));

        // Then
        awaitCancel(id, LinkErrorCode.SITE_SUPERSEDED);
        Api.Answer shown = get(id);
        assertThat(shown.json().path("status").asText()).isEqualTo("cancelled");
        assertThat(shown.json().path("lastErrorDetails").path("errorCode").asInt())
                .isEqualTo(1005);
        assertThat(rows(api.get(path(id) + "/results"))).isEqualTo(ROWS);
    }

    @Test
    void aLinkThatKnowsOfTheDisablingSoonerEndsItAndItsResult() {
        link.connect();
        UUID id = register();
        link.awaitRegistration(id);
        link.runChanged(id, 1, ROWS, 1);
        awaitCounts(id, 1, 0);

        link.end(id, LinkErrorCode.INTEGRATOR_DISABLED.failure("The practice has disabled the integrator."));

        Awaitility.await().until(() -> get(id).json().path("status").asText().equals("cancelled"));
        assertThat(api.get(path(id) + "/results").status()).isEqualTo(410);
    }

    private String listed() {
        return api.get(path()).json().path("registeredQueries").toString();
    }

    private static void sql(String text) throws SQLException {
        try (Connection database = EmbeddedPostgres.shared().connect(GatewayResources.DATABASE);
                var statement = database.createStatement()) {
            statement.execute(text);
        }
    }
}
