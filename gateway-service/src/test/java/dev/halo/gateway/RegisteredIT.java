package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.Fakes;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.gateway.fake.RegisteredLink;
import dev.halo.protocol.query.CancelRequest;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Queries that run again and again, from registration to end. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class RegisteredIT {

    private static final String BODY = """
            {"name":"Waiting room","registeredQueryType":"query","frequency":60,"duration":120,
             "registerCommand":{"command":{"text":"select * from WAITING"}}}""";

    private static final String ROWS = "[{\"NAME\":\"Ånn\"}]";
    private static final String OTHER_ROWS = "[{\"NAME\":\"Ann\"},{\"NAME\":\"Bob\"}]";

    private final FakeCloud cloud = Fakes.shared().cloud();

    @TestHTTPResource("/")
    URI base;

    private FakeCloud.Integrator integrator;
    private FakeCloud.Site site;
    private Api api;
    private RegisteredLink link;

    @BeforeEach
    void enableAnIntegratorAtASite() {
        integrator = cloud.integrator();
        site = cloud.site();
        cloud.pair(integrator, site, true);
        cloud.enable(integrator, site, true);
        api = new Api(base, integrator.key());
        link = new RegisteredLink(base, site);
    }

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

    @Test
    void anothersIsNotFound() {
        UUID id = register();
        FakeCloud.Integrator other = cloud.integrator();
        cloud.pair(other, site, true);
        cloud.enable(other, site, true);
        Api others = new Api(base, other.key());

        assertThat(others.get(path(id)).status()).isEqualTo(404);
        assertThat(others.get(path(id) + "/results").status()).isEqualTo(404);
        assertThat(others.send(others.request(path(id)).DELETE()).status()).isEqualTo(404);
        assertThat(others.get(path()).json().path("registeredQueries")).isEmpty();
        assertThat(get(id).status()).isEqualTo(200);
    }

    @Test
    void thereIsABoundToThoseThatAreEnabled() {
        for (int i = 0; i < 5; i++) {
            register();
        }
        UUID last = UUID.fromString(api.get(path())
                .json()
                .path("registeredQueries")
                .get(0)
                .path("id")
                .asText());

        Api.Answer tooMany = api.post(path(), BODY);
        delete(last);

        assertThat(tooMany.status()).isEqualTo(503);
        assertThat(tooMany.header("Retry-After")).isEqualTo("60");
        assertThat(api.post(path(), BODY).status()).isEqualTo(202);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"frequency\":60 | \"frequency\":59 | frequency",
                "\"frequency\":60 | \"frequency\":\"60\" | frequency",
                "\"frequency\":60 | \"other\":1 | frequency",
                "\"duration\":120 | \"duration\":59 | duration",
                "\"duration\":120 | \"duration\":86401 | duration",
                "\"frequency\":60 | \"frequency\":121 | below frequency",
                "\"name\":\"Waiting room\" | \"name\":\" \" | name",
                "\"name\":\"Waiting room\" | \"name\":null | name",
                "\"name\":\"Waiting room\" | \"name\":\"a\\u0000b\" | name",
                "\"query\" | \"fhir\" | registeredQueryType",
                "\"text\" | \"sql\" | registerCommand.command.text",
                "\"command\" | \"statement\" | registerCommand.command",
                "\"command\" | \"catalogue\":\"NOWHERE\",\"command\" | catalogue",
                "} | | JSON"
            })
    void aBodyThatIsNotValidIsRefused(String what, String by, String named) {
        Api.Answer answer = api.post(path(), BODY.replace(what, by == null ? "" : by));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).contains(named);
    }

    @Test
    void theChecksComeInTheirOrder() {
        FakeCloud.Integrator stranger = cloud.integrator();
        Api strangers = new Api(base, stranger.key());

        assertThat(new Api(base, "stage_unknown").post(path(), "{}").status()).isEqualTo(401);
        assertThat(strangers.post(path(), "{}").status()).isEqualTo(400);
        assertThat(strangers
                        .post("/integrator/sites/" + UUID.randomUUID() + "/queries/registered", BODY)
                        .status())
                .isEqualTo(404);
        assertThat(strangers.post(path(), BODY).status()).isEqualTo(403);
        assertThat(strangers.get(path()).status()).isEqualTo(403);
        assertThat(strangers.get(path() + "/nonsense").status()).isEqualTo(400);
        assertThat(api.get(path() + "/" + UUID.randomUUID()).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"PUT", "DELETE", "PATCH"})
    void aWrongVerbIsRefused(String method) {
        Api.Answer answer = api.send(api.request(path()).method(method, HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.status()).isEqualTo(405);
    }

    @Test
    void theBodyMustBeJson() {
        Api.Answer answer = api.send(api.request(path())
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString(BODY)));

        assertThat(answer.status()).isEqualTo(415);
    }

    private UUID register() {
        Api.Answer answer = api.post(path(), BODY);
        assertThat(answer.status()).isEqualTo(202);
        UUID id = UUID.fromString(answer.json().path("id").asText());
        assertThat(answer.header("Location")).isEqualTo(path(id));
        return id;
    }

    private void awaitCounts(UUID id, int succeeded, int failed) {
        Awaitility.await().until(() -> {
            var metrics = get(id).json().path("metrics");
            return metrics.path("executionSucceededCount").asInt() == succeeded
                    && metrics.path("executionFailedCount").asInt() == failed;
        });
    }

    private void awaitCancel(UUID id, LinkErrorCode cause) {
        Awaitility.await().until(() -> cancels(id, cause) > 0);
    }

    private long cancels(UUID id, LinkErrorCode cause) {
        return Fakes.shared().bridge().cancels().stream()
                .filter(one -> one.equals(new CancelRequest(id, site.id(), cause)))
                .count();
    }

    private String listed() {
        return api.get(path()).json().path("registeredQueries").toString();
    }

    private Api.Answer get(UUID id) {
        return api.get(path(id));
    }

    private Api.Answer delete(UUID id) {
        return api.send(api.request(path(id)).DELETE());
    }

    private String path() {
        return "/integrator/sites/" + site.id() + "/queries/registered";
    }

    private String path(UUID id) {
        return path() + "/" + id;
    }

    private static String rows(Api.Answer result) {
        return new String(Base64.getDecoder().decode(result.json().path("data").asText()), StandardCharsets.UTF_8);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
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

    private static void sql(String text) throws SQLException {
        try (Connection database = EmbeddedPostgres.shared().connect(GatewayResources.DATABASE);
                var statement = database.createStatement()) {
            statement.execute(text);
        }
    }
}
