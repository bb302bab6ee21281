package dev.halo.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.gateway.fake.Receiver;
import dev.halo.protocol.integrator.IntegratorFact.Webhooks;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.SQLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Webhooks whose receiver is slow, down or wrong. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class WebhookFailureIT extends WebhookFixture {

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

    private long attempts() {
        return count("attempts > 0");
    }
}
