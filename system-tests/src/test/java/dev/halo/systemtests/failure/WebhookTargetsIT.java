package dev.halo.systemtests.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.local.ServiceName;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.OperatorClient;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import dev.halo.systemtests.suite.WebhookReceiver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Registry and gateway without the launcher's leave to tell receivers on this machine, as they are in production. */
@SystemTest
@Tag("chaos")
@Order(SuiteUnderTest.AFTER_THE_ORDINARY + 3)
class WebhookTargetsIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final QueryBody ONE = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final OperatorClient operator;
    private final IntegratorClient integrator;
    private final String integratorId;

    WebhookTargetsIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.operator = suite.operator();
        this.integrator = suite.integratorC();
        this.integratorId = suite.integratorId("C");
    }

    @AfterEach
    void asItWas() {
        suite.restart(ServiceName.REGISTRY, Map.of());
        suite.restart(ServiceName.GATEWAY, Map.of());
        suite.start(ServiceName.REGISTRY);
        suite.start(ServiceName.GATEWAY);
        suite.awaitOnline();
        operator.removeWebhooks(integratorId);
        suite.ageing().webhooksGone(integratorId);
    }

    @Test
    void neitherPlainHttpNorAnAddressOfThisSideIsTold() {
        try (WebhookReceiver receiver = new WebhookReceiver(nth -> 204)) {
            // Given a URL of this machine from before, when it was allowed
            operator.setWebhooks(integratorId, receiver.url("/"));
            suite.restart(ServiceName.REGISTRY, Map.of("halo.registry.webhooks.allow-http", "false"));
            suite.restart(ServiceName.GATEWAY, Map.of("halo.gateway.webhooks.allow-private-targets", "false"));
            suite.start(ServiceName.REGISTRY);
            suite.start(ServiceName.GATEWAY);
            suite.awaitOnline();

            // Then it is not told, and an operator sees why
            assertThat(undelivered(runs()).path("lastReason").asText()).isEqualTo("urlNotAllowed");
            assertThat(operator.statusOfWebhooks(integratorId, receiver.url("/again")))
                    .isEqualTo(400);

            // And no more are addresses that cannot be an integrator's
            for (String host : List.of("127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[fe80::1]")) {
                operator.setWebhooks(integratorId, "https://" + host + ":" + receiver.port() + "/");
                // The gateway may learn of the new URL a moment later than of the query's end.
                JsonNode refused = await().atMost(SOON)
                        .until(
                                () -> undelivered(runs()),
                                found -> found.path("lastReason").asText().equals("addressNotAllowed"));
                assertThat(refused.path("attempts").asInt()).as(host).isEqualTo(1);
            }
            assertThat(receiver.deliveries()).isEmpty();
        }
    }

    private JsonNode undelivered(String query) {
        return await().atMost(SOON).until(() -> find(query), found -> !found.isMissingNode());
    }

    private JsonNode find(String query) {
        JsonNode all = operator.undelivered(integratorId);
        for (JsonNode one : all) {
            if (one.path("queryId").asText().equals(query)) {
                return one;
            }
        }
        return all.path("none");
    }

    private String runs() {
        Answer accepted = integrator.async(demo.siteId(), ONE);
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(201);
        assertThat(integrator.awaitEnded(demo.siteId(), accepted.id()).queryStatus())
                .isEqualTo("successful");
        return accepted.id();
    }
}
