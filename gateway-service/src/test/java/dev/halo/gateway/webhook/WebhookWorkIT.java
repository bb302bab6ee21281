package dev.halo.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.gateway.fake.Receiver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** How gateways share the work of sending webhooks, and take over what a crashed one left. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class WebhookWorkIT extends WebhookFixture {

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

    private WebhookClient client() {
        return new WebhookClient(
                vertx, InetAddress::getAllByName, new TargetAddresses(true), config.attemptTimeout(), 8, 1024);
    }

    private WebhookWorker worker(WebhookClient client) {
        WebhookSender sender =
                new WebhookSender(webhooks, client, views, config, new Random(), new SimpleMeterRegistry());
        return new WebhookWorker(webhooks, sender, config, () -> true);
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
