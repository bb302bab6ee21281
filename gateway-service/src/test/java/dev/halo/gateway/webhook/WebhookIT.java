package dev.halo.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.AsyncSite;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.FakeLink;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.gateway.fake.Receiver;
import dev.halo.gateway.fake.RegisteredLink;
import dev.halo.protocol.integrator.IntegratorFact.Webhooks;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Webhooks from their event to their receiver. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class WebhookIT extends WebhookFixture {

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

    @Test
    void whoWantsNoWebhooksGetsNone() {
        enqueue(WebhookSource.ASYNC);

        assertThat(count("true")).isZero();
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

    private UUID register(FakeCloud.Site site) {
        Api api = new Api(base, integrator.key());
        return UUID.fromString(api.post("/integrator/sites/" + site.id() + "/queries/registered", """
                        {"name":"Waiting room","registeredQueryType":"query","frequency":60,"duration":120,
                         "registerCommand":{"command":{"text":"select * from WAITING"}}}""")
                .json()
                .path("id")
                .asText());
    }
}
