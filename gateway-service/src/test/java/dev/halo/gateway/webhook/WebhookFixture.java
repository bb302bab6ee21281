package dev.halo.gateway.webhook;

import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.gateway.config.WebhookConfig;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.Fakes;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.gateway.fake.Receiver;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.view.Views;
import dev.halo.protocol.integrator.IntegratorFact.Webhooks;
import io.quarkus.test.common.http.TestHTTPResource;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;

/** An integrator of its own and the queue of its webhooks, for tests. */
abstract class WebhookFixture {

    static final Duration TIMEOUT = Duration.ofSeconds(10);

    final FakeCloud cloud = Fakes.shared().cloud();

    @TestHTTPResource("/")
    URI base;

    @Inject
    Store store;

    @Inject
    WebhookQueue queue;

    @Inject
    WebhookStore webhooks;

    @Inject
    WebhookConfig config;

    @Inject
    Views views;

    @Inject
    Vertx vertx;

    FakeCloud.Integrator integrator;
    final UUID siteId = UUID.randomUUID();
    final UUID queryId = UUID.randomUUID();

    @BeforeEach
    void integrator() {
        Awaitility.await().until(() -> store.isReady());
        integrator = cloud.integrator();
    }

    void notifyAt(Webhooks where) {
        cloud.notifyAt(integrator, where);
        Awaitility.await()
                .until(() -> views.integrators().webhooks(integrator.id()).isPresent());
    }

    void enqueue(WebhookSource source) {
        enqueue(integrator.id(), source);
    }

    void enqueue(UUID integratorId, WebhookSource source) {
        store.inTransaction(TIMEOUT, connection -> queue.enqueue(connection, integratorId, siteId, queryId, source))
                .toCompletableFuture()
                .join();
    }

    /** As a gateway leaves it that has begun an attempt. */
    UUID inserted(int attempts, String nextAt) throws SQLException {
        return inserted(attempts, nextAt, UUID.randomUUID());
    }

    /** One that is taken for its first attempt, and that nobody else takes. */
    Delivery taken() throws SQLException {
        UUID lease = UUID.randomUUID();
        UUID id = inserted(1, "now() + interval '1 hour'", lease);
        return new Delivery(
                id,
                integrator.id(),
                siteId,
                queryId,
                WebhookSource.ASYNC,
                Instant.now(),
                1,
                Duration.ZERO,
                Duration.ZERO,
                lease);
    }

    private UUID inserted(int attempts, String nextAt, UUID lease) throws SQLException {
        UUID id = UUID.randomUUID();
        try (Connection database = EmbeddedPostgres.shared().connect(GatewayResources.DATABASE);
                var statement = database.createStatement()) {
            statement.execute(
                    "insert into gateway.webhook_delivery (webhook_id, integrator_id, site_id, query_id, source,"
                            + " occurred_at, status, next_at, attempts, first_attempt_at, lease) values ('" + id
                            + "', '"
                            + integrator.id() + "', '" + siteId + "', '" + queryId + "', 'ASYNC', now(), 'waiting', "
                            + nextAt
                            + ", " + attempts + ", now(), '" + lease + "')");
        }
        return id;
    }

    UndeliveredWebhook awaitUndelivered() {
        Awaitility.await().until(() -> !undelivered().isEmpty());
        return undelivered().get(0);
    }

    List<UndeliveredWebhook> undelivered() {
        return webhooks.undelivered(Optional.of(integrator.id()), Optional.of(siteId), 0, 10)
                .toCompletableFuture()
                .join();
    }

    void awaitGone() {
        Awaitility.await().until(() -> count("true") == 0);
    }

    long count(String condition) {
        try (Connection database = EmbeddedPostgres.shared().connect(GatewayResources.DATABASE);
                var statement = database.createStatement();
                var row = statement.executeQuery("select count(*) from gateway.webhook_delivery where integrator_id = '"
                        + integrator.id() + "' and " + condition)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static void awaitReceived(Receiver receiver, int count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> receiver.received().size() >= count);
    }

    static String idOf(Receiver receiver) {
        return receiver.received().get(0).id();
    }
}
