package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.gateway.fake.RegisteredLink;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Queries that run again and again: registration, runs and results. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class RegisteredIT extends RegisteredFixture {

    @Test
    void runsAreShownAsTheyAreReported() {
        // Given
        link.connect();
        UUID id = register();
        RegisteredRequest request = link.awaitRegistration(id);
        link.confirm(id);

        // When
        link.runChanged(id, 1, ROWS, 1);
        link.ran(id, 2, ROWS, false, RegisteredLink.rows(ROWS, 1));
        link.ran(id, 3, null, false, new Outcome.Failed(new QueryFailure(ErrorType.FBSQL, 335544344, "i\0o"), null));
        link.runChanged(id, 4, OTHER_ROWS, 2);

        // Then
        awaitCounts(id, 3, 1);
        Api.Answer shown = get(id);
        assertThat(request.firstRunMillis()).isZero();
        assertThat(request.remainingMillis()).isEqualTo(120_000);
        assertThat(request.command().text()).isEqualTo("select * from WAITING");
        assertThat(shown.json().path("status").asText()).isEqualTo("enabled");
        assertThat(shown.json().path("lastHash").asText()).isEqualTo(RegisteredLink.hash(OTHER_ROWS));
        assertThat(shown.json().path("metrics").path("resultSizeSum").asInt())
                .isEqualTo(bytes(ROWS) + bytes(OTHER_ROWS));
        assertThat(shown.json().path("metrics").path("requestSize").asInt()).isEqualTo(bytes(BODY));
        assertThat(shown.json().path("metrics").path("lastExecutionDuration").asLong())
                .isEqualTo(Behaviours.TIMING.executing());
        assertThat(shown.json().path("lastErrorDetails").path("errorCode").asInt())
                .isEqualTo(335544344);
        assertThat(shown.json().path("lastErrorDetails").path("errorMessage").asText())
                .isEqualTo("i o");
        assertThat(shown.json().has("completedAt")).isFalse();
        Api.Answer result = api.get(path(id) + "/results");
        assertThat(result.status()).isEqualTo(200);
        assertThat(rows(result)).isEqualTo(OTHER_ROWS);
        assertThat(result.json().path("rows").asInt()).isEqualTo(2);
        assertThat(result.json().path("size").asInt()).isEqualTo(bytes(OTHER_ROWS));
        assertThat(result.json().get("parameters").isNull()).isTrue();
    }

    @Test
    void aLargeResultIsAnsweredWhole() {
        String rows = "[" + "{\"A\":\"0123456789abcdef\"},".repeat(60_000) + "{}]";
        link.connect();
        UUID id = register();
        link.awaitRegistration(id);

        link.runChanged(id, 1, rows, 60_001);

        awaitCounts(id, 1, 0);
        assertThat(rows(api.get(path(id) + "/results"))).isEqualTo(rows);
    }

    @Test
    void aRegistrationWaitsForItsSite() {
        // Given
        UUID id = register();
        assertThat(get(id).json().path("status").asText()).isEqualTo("enabled");
        assertThat(api.get(path(id) + "/results").status()).isEqualTo(404);

        // When
        link.connect();

        // Then
        assertThat(link.awaitRegistration(id).firstRunMillis()).isZero();
    }

    @Test
    void whatIsNotConfirmedIsSentAgainAndWhatIsConfirmedIsNot() {
        link.connect();
        UUID id = register();
        Awaitility.await().until(() -> link.registrations(id) >= 2);

        link.confirm(id);
        Awaitility.await().until(() -> isConfirmed(id));
        long sent = link.registrations(id);

        Awaitility.await().during(Duration.ofSeconds(2)).until(() -> link.registrations(id) <= sent + 1);
    }

    @Test
    void aLinkThatRestartsGoesOnWhereItWas() {
        // Given
        link.connect();
        UUID id = register();
        link.awaitRegistration(id);
        link.confirm(id);
        link.runChanged(id, 1, ROWS, 1);
        awaitCounts(id, 1, 0);

        // When
        link.disconnect(CloseCause.LOST);
        link.connect();

        // Then
        RegisteredRequest again = link.awaitRegistration(id);
        assertThat(again.lastNumber()).isEqualTo(1);
        assertThat(again.lastHash()).isEqualTo(RegisteredLink.hash(ROWS));
        assertThat(again.firstRunMillis()).isBetween(1L, 60_000L);
        assertThat(again.remainingMillis() - again.firstRunMillis()).isEqualTo(60_000);
    }

    @Test
    void runsThatAreOldNewsChangeNothing() {
        // Given
        link.connect();
        UUID id = register();
        link.awaitRegistration(id);
        link.runChanged(id, 5, ROWS, 1);
        awaitCounts(id, 1, 0);

        // When
        link.ran(id, 5, ROWS, true, RegisteredLink.rows(ROWS, 1));
        link.ran(id, 4, OTHER_ROWS, true, RegisteredLink.rows(OTHER_ROWS, 2));
        assertThat(link.upload(site.linkId(), id, 5, OTHER_ROWS, 2)).isEqualTo(409);
        link.ran(id, 6, ROWS, false, RegisteredLink.rows(ROWS, 1));

        // Then
        awaitCounts(id, 2, 0);
        assertThat(rows(api.get(path(id) + "/results"))).isEqualTo(ROWS);
        assertThat(get(id).json().path("metrics").path("resultSizeSum").asInt()).isEqualTo(bytes(ROWS));
    }

    @Test
    void aLinkThatItWasNotSentToIsNotBelieved() {
        // Given
        UUID forger = UUID.randomUUID();
        link.connect();
        UUID id = register();
        link.awaitRegistration(id);

        // When
        assertThat(link.upload(forger, id, 1, OTHER_ROWS, 2)).isEqualTo(404);
        link.ran(forger, id, 1, OTHER_ROWS, true, RegisteredLink.rows(OTHER_ROWS, 2));
        link.runChanged(id, 2, ROWS, 1);

        // Then
        awaitCounts(id, 1, 0);
        assertThat(rows(api.get(path(id) + "/results"))).isEqualTo(ROWS);
    }

    @Test
    void theSameResultIsNoChangeWhateverTheLinkSays() {
        link.connect();
        UUID id = register();
        link.awaitRegistration(id);

        link.runChanged(id, 1, ROWS, 1);
        link.runChanged(id, 2, ROWS, 1);

        awaitCounts(id, 2, 0);
        assertThat(get(id).json().path("metrics").path("resultSizeSum").asInt()).isEqualTo(bytes(ROWS));
        assertThat(rows(api.get(path(id) + "/results"))).isEqualTo(ROWS);
    }

    @Test
    void aRunWhoseResultIsNotHereFailsAndTheLinkIsToldWhatIs() {
        // Given
        link.connect();
        UUID id = register();
        link.awaitRegistration(id);
        link.confirm(id);
        link.runChanged(id, 1, ROWS, 1);
        awaitCounts(id, 1, 0);
        Awaitility.await().until(() -> isConfirmed(id));
        long sent = link.registrations(id);

        // When
        link.ran(id, 2, OTHER_ROWS, true, RegisteredLink.rows(OTHER_ROWS, 2));

        // Then
        awaitCounts(id, 1, 1);
        Awaitility.await().until(() -> link.registrations(id) > sent);
        assertThat(link.awaitRegistration(id).lastHash()).isEqualTo(RegisteredLink.hash(ROWS));
        assertThat(get(id).json().path("lastErrorDetails").path("errorType").asText())
                .isEqualTo("http");
    }

    private static boolean isConfirmed(UUID id) throws SQLException {
        try (Connection database = EmbeddedPostgres.shared().connect(GatewayResources.DATABASE);
                var statement = database.createStatement();
                var row = statement.executeQuery(
                        "select confirmed_session is not null from gateway.registered_query where query_id = '" + id
                                + "'")) {
            return row.next() && row.getBoolean(1);
        }
    }
}
