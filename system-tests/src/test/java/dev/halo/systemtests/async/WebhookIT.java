package dev.halo.systemtests.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import dev.halo.systemtests.suite.WebhookReceiver;
import dev.halo.systemtests.suite.WebhookReceiver.Delivery;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An integrator is told of what has ended, at the address that an operator has set. */
@SystemTest
class WebhookIT {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final QueryBody SMALL = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final IntegratorClient integrator;
    private final String integratorId;

    WebhookIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.integrator = suite.integratorC();
        this.integratorId = suite.integratorId("C");
    }

    @AfterEach
    void tellNoMore() {
        suite.operator().removeWebhooks(integratorId);
        suite.ageing().webhooksGone(integratorId);
    }

    @Test
    void asyncAndRegisteredSuccessesAreToldAndSigned() throws IOException {
        try (WebhookReceiver receiver = new WebhookReceiver(nth -> 204)) {
            // Given
            String secret = suite.operator()
                    .setWebhooks(integratorId, receiver.url("/hooks/{source}/{siteId}?query={queryId}"));
            Delivery async = awaitAsync(receiver);

            // Then
            JsonNode body = MAPPER.readTree(async.body());
            assertThat(body.path("webhookSource").asText()).isEqualTo("async");
            assertThat(body.path("siteId").asText()).isEqualTo(demo.siteId().toString());
            assertThat(body.path("id").asText()).isEqualTo(async.id());
            assertThat(Instant.parse(body.path("occurredAt").asText()))
                    .isBetween(Instant.now().minusSeconds(120), Instant.now());
            assertThat(async.path())
                    .isEqualTo("/hooks/async/" + demo.siteId() + "?query="
                            + body.path("queryId").asText());
            assertThat(async.isSignedWith(secret)).isTrue();
            assertThat(body.fieldNames())
                    .toIterable()
                    .containsExactlyInAnyOrder("id", "occurredAt", "siteId", "queryId", "webhookSource");
            assertThat(Instant.parse(async.timestamp()))
                    .isAfterOrEqualTo(Instant.parse(body.path("occurredAt").asText()));

            // And of a registered query's first run
            String registered = integrator
                    .register(demo.siteId(), SMALL.registered("Told", 60, 3_600))
                    .id();
            await().atMost(SOON).until(() -> receiver.deliveries().stream()
                    .anyMatch(delivery -> delivery.body().contains(registered)
                            && delivery.path().startsWith("/hooks/registered/")
                            && delivery.isSignedWith(secret)));
            integrator.send("DELETE", IntegratorClient.registeredPath(demo.siteId()) + "/" + registered, null, null);
        }
    }

    @Test
    void whatIsRefusedForGoodIsKeptAndSentAgainByAnOperator() throws IOException {
        try (WebhookReceiver receiver = new WebhookReceiver(nth -> nth == 1 ? 400 : 200)) {
            // Given
            suite.operator().setWebhooks(integratorId, receiver.url("/refuses"));
            String query = runs();
            JsonNode undelivered = await().atMost(SOON)
                    .until(() -> suite.operator().undelivered(integratorId), list -> list.toString()
                            .contains(query));
            JsonNode mine = null;
            for (JsonNode one : undelivered) {
                mine = one.toString().contains(query) ? one : mine;
            }
            assertThat(receiver.deliveries()).hasSize(1);

            // When
            suite.operator().resend(mine.path("id").asText());

            // Then
            await().atMost(SOON).until(() -> receiver.deliveries().size() == 2);
            assertThat(receiver.deliveries().get(1).id())
                    .isEqualTo(receiver.deliveries().get(0).id());
            await().atMost(SOON).until(() -> !suite.operator()
                    .undelivered(integratorId)
                    .toString()
                    .contains(query));
        }
    }

    @Test
    void ofAFailedQueryNobodyIsTold() throws IOException {
        try (WebhookReceiver receiver = new WebhookReceiver(nth -> 200)) {
            // Given a query that failed before one that succeeds
            suite.operator().setWebhooks(integratorId, receiver.url("/any"));
            Answer failed = integrator.async(demo.siteId(), QueryBody.sql("select * from NO_SUCH_TABLE"));
            assertThat(integrator.awaitEnded(demo.siteId(), failed.id()).queryStatus())
                    .isEqualTo("executionFailed");

            // When
            awaitAsync(receiver);

            // Then
            assertThat(receiver.deliveries()).hasSize(1);
            assertThat(suite.ageing().webhook(failed.id())).isEmpty();
        }
    }

    private Delivery awaitAsync(WebhookReceiver receiver) throws IOException {
        String query = runs();
        return await().atMost(SOON)
                .until(
                        () -> receiver.deliveries().stream()
                                .filter(delivery -> delivery.body().contains(query))
                                .findFirst(),
                        java.util.Optional::isPresent)
                .orElseThrow();
    }

    /** Runs an async query to its successful end, once the gateway knows of the new settings. */
    private String runs() {
        Answer accepted = integrator.async(demo.siteId(), SMALL);
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(201);
        Answer ended = integrator.awaitEnded(demo.siteId(), accepted.id());
        assertThat(ended.queryStatus()).as("%s", ended).isEqualTo("successful");
        return accepted.id();
    }
}
