package dev.halo.systemtests.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.local.ServiceName;
import dev.halo.local.ServiceProcess;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.Metrics;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import dev.halo.systemtests.suite.WebhookReceiver;
import dev.halo.systemtests.suite.WebhookReceiver.Delivery;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two gateways send the same queue's webhooks. */
@SystemTest
@Order(SuiteUnderTest.AFTER_THE_ORDINARY + 2)
class SharedWebhooksIT {

    private static final int QUERIES = 40;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final QueryBody ONE = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

    private final SuiteUnderTest suite;
    private final Demo demo;

    SharedWebhooksIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @Tag("chaos")
    @Test
    void twoGatewaysShareTheWorkAndNeitherSendsWhatTheOtherSends() {
        String integratorId = suite.integratorId("C");
        try (WebhookReceiver receiver = new WebhookReceiver(nth -> 204);
                ServiceProcess other = suite.startAnother(ServiceName.GATEWAY)) {
            // Given
            IntegratorClient atOther = new IntegratorClient(other.url(), demo.keyC());
            suite.operator().setWebhooks(integratorId, receiver.url("/shared"));

            // When both have sent some of them
            List<String> queries = new ArrayList<>();
            await().atMost(SOON).pollInterval(Duration.ofMillis(20)).until(() -> {
                queries.add(started(queries.size() % 2 == 0 ? suite.integratorC() : atOther));
                return queries.size() >= QUERIES && sent(other.url()) > 0;
            });

            // Then each was told once
            await().atMost(SOON).until(() -> queries.stream()
                    .allMatch(query -> suite.integratorC()
                                    .query(demo.siteId(), query)
                                    .queryStatus()
                                    .equals("successful")
                            && suite.ageing().webhook(query).isEmpty()));
            assertThat(receiver.deliveries())
                    .hasSameSizeAs(queries)
                    .extracting(Delivery::id)
                    .doesNotHaveDuplicates();
            assertThat(queries).allMatch(query -> receiver.deliveries().stream()
                    .anyMatch(delivery -> delivery.body().contains(query)));
        }
    }

    @AfterEach
    void tellNoMore() {
        suite.operator().removeWebhooks(suite.integratorId("C"));
        suite.ageing().webhooksGone(suite.integratorId("C"));
    }

    private String started(IntegratorClient integrator) {
        Answer accepted = integrator.async(demo.siteId(), ONE);
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(201);
        return accepted.id();
    }

    private static double sent(URI gateway) {
        return Metrics.of(gateway).sum("halo_gateway_webhook_attempt_seconds_count", "2xx");
    }
}
