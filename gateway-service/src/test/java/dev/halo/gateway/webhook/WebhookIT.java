package dev.halo.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.gateway.config.WebhookConfig;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.AsyncSite;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.FakeLink;
import dev.halo.gateway.fake.Fakes;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.gateway.fake.Receiver;
import dev.halo.gateway.fake.RegisteredLink;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.view.Views;
import dev.halo.protocol.integrator.IntegratorFact.Webhooks;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Webhooks from their event to their receiver, who may be slow, down or wrong. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class WebhookIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final FakeCloud cloud = Fakes.shared().cloud();

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

    private FakeCloud.Integrator integrator;
    private final UUID siteId = UUID.randomUUID();
    private final UUID queryId = UUID.randomUUID();

    @BeforeEach
    void integrator() {
        Awaitility.await().until(() -> store.isReady());
        integrator = cloud.integrator();
    }

    @Test
    void aChangedRunIsToldWithASignature() throws IOException {
        try (Receiver receiver = new Receiver(nth -> 204)) {
            // Given
            FakeCloud.Site site = cloud.site();
            cloud.pair(integrator, site, true);
            cloud.enable(integrator, site, true);
            notifyAt(receiver.webhooks(integrator.id(), "/hook/{siteId}?query={queryId}&of={source}"));
            RegisteredLink link = new RegisteredLink(base, site);
            link.connect();
            UUID id = register(site);
            link.awaitRegistration(id);

            // When
            link.runChanged(id, 1, "[{}]", 1);
            link.ran(id, 2, "[{}]", false, RegisteredLink.rows("[{}]", 1));
            link.runChanged(id, 3, "[]", 0);

            // Then
            awaitReceived(receiver, 2);
            Receiver.Received first = receiver.received().get(0);
            assertThat(first.path()).isEqualTo("/hook/" + site.id() + "?query=" + id + "&of=registered");
            assertThat(first.contentType()).isEqualTo("application/json");
            assertThat(first.signature())
                    .isEqualTo(Signature.of(
                            Receiver.SECRET, first.body().getBytes(StandardCharsets.UTF_8), first.timestamp()));
            assertThat(Instant.parse(first.timestamp()))
                    .isBetween(Instant.now().minusSeconds(120), Instant.now().plusSeconds(1));
            JsonNode body = new ObjectMapper().readTree(first.body());
            assertThat(body.fieldNames())
                    .toIterable()
                    .containsExactly("id", "occurredAt", "siteId", "queryId", "webhookSource");
            assertThat(body.path("id").asText()).isEqualTo(first.id());
            assertThat(body.path("queryId").asText()).isEqualTo(id.toString());
            assertThat(body.path("siteId").asText()).isEqualTo(site.id().toString());
            assertThat(body.path("webhookSource").asText()).isEqualTo("registered");
            assertThat(receiver.received().get(1).id()).isNotEqualTo(first.id());
            awaitGone();
        }
    }

    @Test
    void anAsyncThatSucceededIsToldAndOneThatFailedIsNot() throws IOException {
        try (Receiver receiver = new Receiver(nth -> 200);
                AsyncSite at = AsyncSite.enabled(base)) {
            // Given
            integrator = at.integrator();
            notifyAt(receiver.webhooks(integrator.id(), "/"));
            at.open((query, headers, bridge) -> {
                FakeLink.Held held = new FakeLink.Held(query, headers, bridge);
                if (query.command().text().equals("fail")) {
                    held.failed(LinkErrorCode.INTERNAL.failure("It failed."));
                } else {
                    held.ended(new Outcome.Affected(3, List.of(), Behaviours.TIMING));
                }
            });

            // When
            async(at, "fail");
            String succeeded = async(at, "succeed");

            // Then
            awaitReceived(receiver, 1);
            awaitGone();
            JsonNode body =
                    new ObjectMapper().readTree(receiver.received().get(0).body());
            assertThat(body.path("queryId").asText()).isEqualTo(succeeded);
            assertThat(body.path("webhookSource").asText()).isEqualTo("async");
            assertThat(receiver.received()).hasSize(1);
        }
    }

    private static String async(AsyncSite at, String text) {
        Api.Answer answer = at.api()
                .post(
                        "/integrator/sites/" + at.site().id() + "/queries/async",
                        "{\"command\":{\"text\":\"" + text + "\",\"executionMode\":\"nonQuery\"}}");
        assertThat(answer.status()).isEqualTo(201);
        String id = answer.json().path("id").asText();
        Awaitility.await()
                .until(() -> at.api().get(answer.header("Location")).json().has("completedAt"));
        return id;
    }

    @Test
    void eachSourceMayHaveAUrlOfItsOwn() {
        try (Receiver receiver = new Receiver(nth -> 200)) {
            Webhooks one = receiver.webhooks(integrator.id(), "/all");
            notifyAt(new Webhooks(one.url(), one.url().replace("/all", "/async"), null, one.sealedSecret()));

            enqueue(WebhookSource.ASYNC);
            awaitReceived(receiver, 1);
            enqueue(WebhookSource.REGISTERED);
            awaitReceived(receiver, 2);

            assertThat(receiver.received()).extracting(Receiver.Received::path).containsExactly("/async", "/all");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 503})
    void whatMayBecomeBetterIsTriedAgainWithTheSameId(int status) {
        try (Receiver receiver = new Receiver(nth -> nth < 3 ? status : 200)) {
            notifyAt(receiver.webhooks(integrator.id(), "/"));

            enqueue(WebhookSource.ASYNC);

            awaitReceived(receiver, 3);
            awaitGone();
            assertThat(receiver.received()).extracting(Receiver.Received::id).containsOnly(idOf(receiver));
            assertThat(receiver.received())
                    .extracting(Receiver.Received::body)
                    .containsOnly(receiver.received().get(0).body());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 307, 400, 401, 404, 410})
    void anythingElseIsFinal(int status) {
        try (Receiver receiver = new Receiver(nth -> status)) {
            notifyAt(receiver.webhooks(integrator.id(), "/"));

            enqueue(WebhookSource.ASYNC);

            UndeliveredWebhook undelivered = awaitUndelivered();
            assertThat(undelivered.lastStatus()).isEqualTo(status);
            assertThat(undelivered.attempts()).isEqualTo(1);
            assertThat(undelivered.webhookSource()).isEqualTo("async");
            assertThat(receiver.received()).hasSize(1);
        }
    }

    @Test
    void afterTheLastAttemptItIsUndeliveredAndMayBeSentAgain() {
        try (Receiver receiver = new Receiver(nth -> nth <= 4 ? 500 : 200)) {
            // Given
            notifyAt(receiver.webhooks(integrator.id(), "/"));
            enqueue(WebhookSource.ASYNC);
            UndeliveredWebhook undelivered = awaitUndelivered();
            assertThat(undelivered.attempts()).isEqualTo(4);
            assertThat(undelivered.id()).hasToString(idOf(receiver));

            // When
            assertThat(webhooks.resend(undelivered.id()).toCompletableFuture().join())
                    .isTrue();

            // Then
            awaitReceived(receiver, 5);
            awaitGone();
            assertThat(receiver.received()).extracting(Receiver.Received::id).containsOnly(idOf(receiver));
            assertThat(webhooks.resend(undelivered.id()).toCompletableFuture().join())
                    .isFalse();
        }
    }

    @Test
    void aReceiverThatIsDownGetsItWhenItIsBack() {
        int port;
        try (Receiver closed = new Receiver(nth -> 200)) {
            port = closed.port();
        }
        notifyAt(Receiver.webhooks(integrator.id(), port, "/"));
        enqueue(WebhookSource.ASYNC);
        Awaitility.await().until(() -> attempts() >= 1);

        try (Receiver receiver = new Receiver(port, nth -> 200)) {
            awaitReceived(receiver, 1);
            awaitGone();
        }
    }

    @Test
    void aReceiverThatDoesNotAnswerHoldsUpNobodyElse() {
        FakeCloud.Integrator other = cloud.integrator();
        try (Receiver hangs = new Receiver(nth -> 0);
                Receiver quick = new Receiver(nth -> 200)) {
            // Given
            notifyAt(hangs.webhooks(integrator.id(), "/"));
            cloud.notifyAt(other, quick.webhooks(other.id(), "/"));
            Awaitility.await()
                    .until(() -> views.integrators().webhooks(other.id()).isPresent());
            for (int i = 0; i < 100; i++) {
                enqueue(WebhookSource.ASYNC);
            }
            awaitReceived(hangs, config.maxConcurrentPerIntegrator());

            // When
            for (int i = 0; i < 20; i++) {
                enqueue(other.id(), WebhookSource.ASYNC);
            }

            // Then
            awaitReceived(quick, 20);
            assertThat(hangs.received().size()).isLessThan(100);
        }
    }

    @Test
    void severalWorkersShareTheWorkAndNoneSendsTwice() {
        try (Receiver receiver = new Receiver(nth -> 200);
                WebhookClient client = client();
                WebhookWorker second = worker(client);
                WebhookWorker third = worker(client)) {
            // Given
            notifyAt(receiver.webhooks(integrator.id(), "/"));
            second.start();
            third.start();

            // When
            for (int i = 0; i < 200; i++) {
                enqueue(WebhookSource.ASYNC);
            }

            // Then
            awaitReceived(receiver, 200);
            awaitGone();
            assertThat(receiver.received())
                    .hasSize(200)
                    .extracting(Receiver.Received::id)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void whatAGatewayTookBeforeItCrashedIsSentWhenItsLeaseIsOver() throws SQLException {
        try (Receiver receiver = new Receiver(nth -> 200)) {
            // Given
            notifyAt(receiver.webhooks(integrator.id(), "/"));
            UUID taken = inserted(1, "now() + interval '2 seconds'");

            // When
            awaitReceived(receiver, 1);

            // Then
            assertThat(receiver.received().get(0).id()).isEqualTo(taken.toString());
            assertThat(Duration.between(
                            occurredAt(receiver),
                            Instant.parse(receiver.received().get(0).timestamp())))
                    .isGreaterThan(Duration.ofMillis(1900));
            awaitGone();
        }
    }

    @Test
    void aLastAttemptWhoseEndIsNotKnownWasTheLast() throws SQLException {
        try (Receiver receiver = new Receiver(nth -> 200)) {
            notifyAt(receiver.webhooks(integrator.id(), "/"));

            inserted(config.maxAttempts(), "now()");

            assertThat(awaitUndelivered().lastReason()).isEqualTo("lastAttemptUnknown");
            assertThat(receiver.received()).isEmpty();
        }
    }

    @Test
    void aLeaseThatIsOverCountsForNothing() throws SQLException {
        try (Receiver receiver = new Receiver(nth -> 500)) {
            notifyAt(receiver.webhooks(integrator.id(), "/"));
            UUID id = inserted(1, "now() + interval '1 hour'");
            Delivery stale = new Delivery(
                    id,
                    integrator.id(),
                    siteId,
                    queryId,
                    WebhookSource.ASYNC,
                    Instant.now(),
                    1,
                    Duration.ZERO,
                    Duration.ZERO,
                    UUID.randomUUID());

            webhooks.delivered(stale).toCompletableFuture().join();
            webhooks.giveUp(stale, Attempt.giveUp("status"))
                    .toCompletableFuture()
                    .join();

            assertThat(count("status = 'waiting'")).isEqualTo(1);
        }
    }

    @Test
    void whatComesOnTopOfAFullQueueIsUndelivered() {
        Instant now = Instant.now();
        store.inTransaction(TIMEOUT, connection -> webhooks.add(
                                connection, integrator.id(), siteId, queryId, WebhookSource.ASYNC, now, 1)
                        .compose(first -> webhooks.add(
                                connection, integrator.id(), siteId, queryId, WebhookSource.REGISTERED, now, 1)))
                .toCompletableFuture()
                .join();

        Awaitility.await().until(() -> undelivered().stream()
                .filter(one -> one.lastReason().equals("tooManyWaiting"))
                .map(UndeliveredWebhook::webhookSource)
                .toList()
                .equals(List.of("registered")));
    }

    @Test
    void whoWantsNoWebhooksGetsNone() {
        enqueue(WebhookSource.ASYNC);

        assertThat(count("true")).isZero();
    }

    @Test
    void aReceiverThatWasRemovedIsNotCalled() throws SQLException {
        inserted(0, "now()");

        assertThat(awaitUndelivered().lastReason()).isEqualTo("noReceiver");
    }

    @Test
    void aSecretThatCannotBeOpenedIsTriedAgain() {
        notifyAt(new Webhooks("http://127.0.0.1:1/", null, null, "1.c2VhbGVk"));

        enqueue(WebhookSource.ASYNC);

        assertThat(awaitUndelivered().lastReason()).isEqualTo("secretNotReadable");
        assertThat(awaitUndelivered().attempts()).isEqualTo(config.maxAttempts());
    }

    private UUID register(FakeCloud.Site site) {
        Api api = new Api(base, integrator.key());
        return UUID.fromString(api.post("/integrator/sites/" + site.id() + "/queries/registered", """
                        {"name":"Waiting room","registeredQueryType":"query","frequency":60,"duration":120,
                         "registerCommand":{"command":{"text":"select * from WAITING"}}}""")
                .json()
                .path("id")
                .asText());
    }

    private void notifyAt(Webhooks where) {
        cloud.notifyAt(integrator, where);
        Awaitility.await()
                .until(() -> views.integrators().webhooks(integrator.id()).isPresent());
    }

    private void enqueue(WebhookSource source) {
        enqueue(integrator.id(), source);
    }

    private void enqueue(UUID integratorId, WebhookSource source) {
        store.inTransaction(TIMEOUT, connection -> queue.enqueue(connection, integratorId, siteId, queryId, source))
                .toCompletableFuture()
                .join();
    }

    private WebhookClient client() {
        return new WebhookClient(
                vertx, InetAddress::getAllByName, new TargetAddresses(true), config.attemptTimeout(), 8, 1024);
    }

    private WebhookWorker worker(WebhookClient client) {
        WebhookSender sender =
                new WebhookSender(webhooks, client, views, config, new Random(), new SimpleMeterRegistry());
        return new WebhookWorker(webhooks, sender, config, () -> true);
    }

    /** As a gateway leaves it that has begun an attempt. */
    private UUID inserted(int attempts, String nextAt) throws SQLException {
        UUID id = UUID.randomUUID();
        try (Connection database = EmbeddedPostgres.shared().connect(GatewayResources.DATABASE);
                var statement = database.createStatement()) {
            statement.execute(
                    "insert into gateway.webhook_delivery (webhook_id, integrator_id, site_id, query_id, source,"
                            + " occurred_at, status, next_at, attempts, first_attempt_at, lease) values ('" + id
                            + "', '"
                            + integrator.id() + "', '" + siteId + "', '" + queryId + "', 'ASYNC', now(), 'waiting', "
                            + nextAt
                            + ", " + attempts + ", now(), gen_random_uuid())");
        }
        return id;
    }

    private UndeliveredWebhook awaitUndelivered() {
        Awaitility.await().until(() -> !undelivered().isEmpty());
        return undelivered().get(0);
    }

    private List<UndeliveredWebhook> undelivered() {
        return webhooks.undelivered(Optional.of(integrator.id()), Optional.of(siteId), 0, 10)
                .toCompletableFuture()
                .join();
    }

    private void awaitGone() {
        Awaitility.await().until(() -> count("true") == 0);
    }

    private long attempts() {
        return count("attempts > 0");
    }

    private long count(String condition) {
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

    private static void awaitReceived(Receiver receiver, int count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> receiver.received().size() >= count);
    }

    private static String idOf(Receiver receiver) {
        return receiver.received().get(0).id();
    }

    private static Instant occurredAt(Receiver receiver) {
        try {
            return Instant.parse(new ObjectMapper()
                    .readTree(receiver.received().get(0).body())
                    .path("occurredAt")
                    .asText());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
