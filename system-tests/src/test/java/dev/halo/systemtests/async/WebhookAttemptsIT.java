package dev.halo.systemtests.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Ageing;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.OperatorClient;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import dev.halo.systemtests.suite.WebhookReceiver;
import dev.halo.systemtests.suite.WebhookReceiver.Delivery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How often, and how far apart, an integrator is told whose receiver does not take it. Pauses are shortened by ageing. */
@SystemTest
class WebhookAttemptsIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration LEAST_PAUSE = Duration.ofSeconds(5);
    private static final Duration WINDOW = Duration.ofMinutes(90);
    /** Of times and pauses that are kept in milliseconds. */
    private static final Duration ROUNDING = Duration.ofMillis(2);

    private static final int ATTEMPTS = 10;
    private static final QueryBody SMALL = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

    private final Demo demo;
    private final IntegratorClient integrator;
    private final OperatorClient operator;
    private final Ageing ageing;
    private final String integratorId;

    WebhookAttemptsIT(SuiteUnderTest suite) {
        this.demo = suite.demo();
        this.integrator = suite.integratorC();
        this.operator = suite.operator();
        this.ageing = suite.ageing();
        this.integratorId = suite.integratorId("C");
    }

    @AfterEach
    void tellNoMore() {
        operator.removeWebhooks(integratorId);
        ageing.webhooksGone(integratorId);
    }

    @Test
    void aReceiverThatFailsIsToldTenTimesAndThenByAnOperator() {
        List<Integer> answers = List.of(500, 429, 503, 408, 502, 504, 500, 429, 599, 500);
        try (WebhookReceiver receiver = new WebhookReceiver(nth -> nth <= ATTEMPTS ? answers.get(nth - 1) : 200)) {
            // Given
            String secret = operator.setWebhooks(integratorId, receiver.url("/fails"));
            String query = runs();

            // When each pause is over at once
            List<Duration> pauses = new ArrayList<>();
            for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
                Ageing.Webhook putOff = awaitPutOff(query, attempt);
                // The pause is counted from the attempt's end, of which it is known that it was after its sending.
                assertThat(putOff.putOffAt())
                        .isBetween(sentAt(receiver, attempt).minus(ROUNDING), Instant.now());
                pauses.add(putOff.pause());
                ageing.webhookDue(query);
            }

            // Then the pauses are drawn from the least one to three times the last one
            Duration most = LEAST_PAUSE;
            for (Duration pause : pauses) {
                most = most.multipliedBy(3).compareTo(WINDOW) < 0 ? most.multipliedBy(3) : WINDOW;
                assertThat(pause).as("%s", pauses).isBetween(LEAST_PAUSE, most);
                most = pause;
            }

            // And after the last attempt it is kept for the operator
            JsonNode undelivered = awaitUndelivered(query);
            assertThat(undelivered.path("attempts").asInt()).isEqualTo(ATTEMPTS);
            assertThat(undelivered.path("lastStatus").asInt()).isEqualTo(500);
            assertThat(undelivered.path("webhookSource").asText()).isEqualTo("async");
            assertThat(receiver.deliveries()).hasSize(ATTEMPTS);
            operator.resend(undelivered.path("id").asText());
            await().atMost(SOON).until(() -> ageing.webhook(query).isEmpty());
            assertThat(operator.undelivered(integratorId).toString()).doesNotContain(query);

            // And all of them were the same webhook, each signed at its own time
            assertThat(receiver.deliveries())
                    .hasSize(ATTEMPTS + 1)
                    .allMatch(delivery -> delivery.isSignedWith(secret))
                    .allMatch(delivery ->
                            delivery.id().equals(undelivered.path("id").asText()))
                    .extracting(Delivery::body)
                    .containsOnly(receiver.deliveries().get(0).body());
            assertThat(receiver.deliveries())
                    .extracting(delivery -> Instant.parse(delivery.timestamp()))
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void allAttemptsAreMadeWithinNinetyMinutes() {
        try (WebhookReceiver receiver = new WebhookReceiver(nth -> 500)) {
            // Given a webhook that was sent for the first time nearly so long ago
            operator.setWebhooks(integratorId, receiver.url("/window"));
            String query = runs();
            awaitPutOff(query, 1);
            ageing.webhookBegun(query, WINDOW.minus(LEAST_PAUSE));
            ageing.webhookDue(query);

            // Then the next pause ends with the window
            Ageing.Webhook last = awaitPutOff(query, 2);
            assertThat(last.pause()).isLessThanOrEqualTo(LEAST_PAUSE);

            // And there is no attempt behind it
            ageing.webhookBegun(query, LEAST_PAUSE);
            ageing.webhookDue(query);
            assertThat(awaitUndelivered(query).path("attempts").asInt()).isEqualTo(3);
            assertThat(receiver.deliveries()).hasSize(3);
        }
    }

    @Test
    void aReceiverThatIsDownIsToldWhenItIsBack() {
        WebhookReceiver down = new WebhookReceiver(nth -> 200);
        operator.setWebhooks(integratorId, down.url("/down"));
        int port = down.port();
        down.close();

        // When
        String query = runs();
        Ageing.Webhook putOff = awaitPutOff(query, 1);

        // Then
        try (WebhookReceiver back = new WebhookReceiver(nth -> 200, port)) {
            ageing.webhookDue(query);
            await().atMost(SOON).until(() -> ageing.webhook(query).isEmpty());
            assertThat(back.deliveries()).hasSize(1);
            assertThat(back.deliveries().get(0).id()).isEqualTo(putOff.id().toString());
        }
    }

    @Test
    void aReceiverThatIsSlowIsGivenUpAfterFiveSecondsAndToldAgain() {
        try (WebhookReceiver receiver = new WebhookReceiver(nth -> nth == 1 ? WebhookReceiver.NO_ANSWER : 200)) {
            // Given
            operator.setWebhooks(integratorId, receiver.url("/slow"));
            String query = runs();

            // When
            Ageing.Webhook putOff = awaitPutOff(query, 1);

            // Then
            assertThat(Duration.between(sentAt(receiver, 1), putOff.putOffAt()))
                    .isBetween(Duration.ofSeconds(5).minus(ROUNDING), Duration.ofSeconds(10));
            ageing.webhookDue(query);
            await().atMost(SOON).until(() -> ageing.webhook(query).isEmpty());
            assertThat(receiver.deliveries()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 410, 302})
    void anythingElseIsFinal(int status) {
        try (WebhookReceiver receiver = new WebhookReceiver(nth -> status)) {
            operator.setWebhooks(integratorId, receiver.url("/final"));

            // When
            JsonNode undelivered = awaitUndelivered(runs());

            // Then
            assertThat(undelivered.path("attempts").asInt()).isEqualTo(1);
            assertThat(undelivered.path("lastStatus").asInt()).isEqualTo(status);
            assertThat(receiver.deliveries()).hasSize(1);
        }
    }

    @Test
    void whatAGatewayHasTakenNoOtherSendsBeforeItsLeaseIsOver() {
        try (WebhookReceiver receiver = new WebhookReceiver(nth -> nth == 1 ? 500 : 200)) {
            // Given a webhook that is due, in the hands of a gateway that dies
            operator.setWebhooks(integratorId, receiver.url("/lease"));
            String taken = runs();
            awaitPutOff(taken, 1);
            ageing.webhookTaken(taken, Duration.ofSeconds(30));

            // When later ones are sent
            String later = runs();
            await().atMost(SOON).until(() -> ageing.webhook(later).isEmpty());
            assertThat(receiver.deliveries()).hasSize(2);
            assertThat(receiver.deliveries().get(1).body()).contains(later);

            // Then it is sent when its lease is over
            ageing.webhookDue(taken);
            await().atMost(SOON).until(() -> ageing.webhook(taken).isEmpty());
            assertThat(receiver.deliveries()).hasSize(3);
            assertThat(receiver.deliveries().get(2).id())
                    .isEqualTo(receiver.deliveries().get(0).id());
        }
    }

    @Test
    void eachSourceMayHaveAnAddressOfItsOwn() {
        try (WebhookReceiver receiver = new WebhookReceiver(nth -> 204)) {
            // Given
            operator.setWebhooks(
                    integratorId,
                    receiver.url("/any"),
                    receiver.url("/asyncs/{siteId}"),
                    receiver.url("/runs/{queryId}/{source}"));

            // When
            String async = runs();
            String registered = integrator
                    .register(demo.siteId(), SMALL.registered("Own address", 60, 3_600))
                    .id();

            // Then
            await().atMost(SOON).until(() -> receiver.deliveries().size() == 2);
            assertThat(receiver.deliveries())
                    .anyMatch(delivery -> delivery.path().equals("/asyncs/" + demo.siteId())
                            && delivery.body().contains(async))
                    .anyMatch(delivery -> delivery.path().equals("/runs/" + registered + "/registered"));
            integrator.send("DELETE", IntegratorClient.registeredPath(demo.siteId()) + "/" + registered, null, null);
        }
    }

    private static Instant sentAt(WebhookReceiver receiver, int attempt) {
        return Instant.parse(receiver.deliveries().get(attempt - 1).timestamp());
    }

    private Ageing.Webhook awaitPutOff(String query, int attempts) {
        return await().atMost(SOON)
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> ageing.webhook(query).orElseThrow(),
                        webhook -> webhook.attempts() == attempts && webhook.waiting() && !webhook.leased());
    }

    private JsonNode awaitUndelivered(String query) {
        JsonNode all = await().atMost(SOON)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> operator.undelivered(integratorId), list -> list.toString()
                        .contains(query));
        for (JsonNode one : all) {
            if (one.path("queryId").asText().equals(query)) {
                return one;
            }
        }
        throw new AssertionError("no webhook of " + query);
    }

    private String runs() {
        Answer accepted = integrator.async(demo.siteId(), SMALL);
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(201);
        assertThat(integrator.awaitEnded(demo.siteId(), accepted.id()).queryStatus())
                .isEqualTo("successful");
        return accepted.id();
    }
}
