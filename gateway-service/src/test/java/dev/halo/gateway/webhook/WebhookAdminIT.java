package dev.halo.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.Fakes;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.gateway.fake.Receiver;
import dev.halo.gateway.fake.Tokens;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.view.Views;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators see of webhooks, and what they can do. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class WebhookAdminIT {

    private static final String PATH = "/admin/v1/webhooks";

    private final FakeCloud cloud = Fakes.shared().cloud();
    private final UUID siteId = UUID.randomUUID();

    @TestHTTPResource("/")
    URI base;

    @Inject
    Store store;

    @Inject
    Views views;

    private FakeCloud.Integrator integrator;
    private Api http;

    @BeforeEach
    void integrator() {
        Awaitility.await().until(() -> store.isReady());
        integrator = cloud.integrator();
        http = new Api(base, null);
    }

    @Test
    void undeliveredOnesAreListedByIntegratorAndSiteThePagesInOrder() throws SQLException {
        UUID old = undelivered(siteId, 20);
        UUID young = undelivered(siteId, 10);
        UUID elsewhere = undelivered(UUID.randomUUID(), 5);
        String mine = PATH + "?integratorId=" + integrator.id();

        JsonNode all = get(mine, "support").json().path("webhooks");
        assertThat(all.findValuesAsText("id")).containsExactly(elsewhere.toString(), young.toString(), old.toString());
        assertThat(all.get(0).path("lastReason").asText()).isEqualTo("timeout");
        assertThat(all.get(0).has("lastStatus")).isFalse();
        assertThat(get(mine + "&siteId=" + siteId, "operator").json().path("webhooks"))
                .hasSize(2);
        assertThat(get(mine + "&offset=1&limit=1", "operator")
                        .json()
                        .path("webhooks")
                        .findValuesAsText("id"))
                .containsExactly(young.toString());
    }

    @Test
    void anOperatorHasOneSentAgain() throws SQLException {
        try (Receiver receiver = new Receiver(nth -> 200)) {
            UUID id = undelivered(siteId, 10);
            cloud.notifyAt(integrator, receiver.webhooks(integrator.id(), "/"));
            Awaitility.await()
                    .until(() -> views.integrators().webhooks(integrator.id()).isPresent());

            assertThat(resend(id.toString(), "support")).isEqualTo(202);

            Awaitility.await().until(() -> !receiver.received().isEmpty());
            assertThat(receiver.received().get(0).id()).isEqualTo(id.toString());
            Awaitility.await().until(() -> resend(id.toString(), "operator") == 404);
        }
    }

    @Test
    void whoHasNoRoleIsRefused() throws SQLException {
        UUID id = undelivered(siteId, 10);

        assertThat(http.send(http.request(PATH).GET(), false).status()).isEqualTo(401);
        assertThat(http.send(http.request(PATH).header("Authorization", "Bearer nonsense"), false)
                        .status())
                .isEqualTo(401);
        assertThat(get(PATH, "auditor").status()).isEqualTo(403);
        assertThat(resend(id.toString(), "auditor")).isEqualTo(403);
        Api integrators = new Api(base, integrator.key());
        assertThat(integrators.send(integrators.request(PATH).GET(), false).status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"integratorId=1", "siteId=x", "offset=-1", "limit=0", "limit=501", "limit=many"})
    void aParameterThatIsNotValidIsNamed(String query) {
        Api.Answer answer = get(PATH + "?" + query, "operator");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).contains(query.substring(0, query.indexOf('=')));
    }

    @Test
    void whatIsUnknownCannotBeSentAgain() {
        assertThat(resend(UUID.randomUUID().toString(), "operator")).isEqualTo(404);
        assertThat(resend("nonsense", "operator")).isEqualTo(400);
    }

    private Api.Answer get(String path, String role) {
        return http.send(http.request(path).header("Authorization", "Bearer " + Tokens.operator(role)), false);
    }

    private int resend(String id, String role) {
        return http.send(
                        http.request(PATH + "/" + id + "/resend")
                                .header("Authorization", "Bearer " + Tokens.operator(role))
                                .POST(HttpRequest.BodyPublishers.noBody()),
                        false)
                .status();
    }

    private UUID undelivered(UUID site, int minutesAgo) throws SQLException {
        UUID id = UUID.randomUUID();
        try (Connection database = EmbeddedPostgres.shared().connect(GatewayResources.DATABASE);
                var statement = database.createStatement()) {
            statement.execute(
                    "insert into gateway.webhook_delivery (webhook_id, integrator_id, site_id, query_id, source,"
                            + " occurred_at, status, next_at, attempts, last_reason, finished_at) values ('" + id
                            + "', '"
                            + integrator.id() + "', '" + site
                            + "', gen_random_uuid(), 'ASYNC', now(), 'undelivered', now(), 4,"
                            + " 'timeout', now() - interval '" + minutesAgo + " minutes')");
        }
        return id;
    }
}
