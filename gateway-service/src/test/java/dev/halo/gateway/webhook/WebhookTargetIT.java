package dev.halo.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.config.WebhookConfig;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.gateway.fake.Receiver;
import dev.halo.protocol.integrator.IntegratorFact.Webhooks;
import dev.halo.protocol.integrator.SecretSeal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.InetAddress;
import java.sql.SQLException;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where webhooks do not go unless an operator has allowed it, whatever an integrator's URL says. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class WebhookTargetIT extends WebhookFixture {

    @Test
    void plainHttpIsNotSpoken() throws SQLException {
        try (Receiver receiver = new Receiver(nth -> 200)) {
            notifyAt(receiver.webhooks(integrator.id(), "/"));

            attempt();

            assertRefused("urlNotAllowed");
            assertThat(receiver.received()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1/",
                "https://localhost/",
                "https://[::1]/",
                "https://[::ffff:127.0.0.1]/",
                "https://169.254.169.254/latest/meta-data",
                "https://10.0.0.1/",
                "https://172.16.0.1/",
                "https://192.168.0.1/"
            })
    void noAddressOfThisSideOfTheInternetIsCalled(String url) throws SQLException {
        String sealed = SecretSeal.of(GatewayResources.AT_REST_KEY).seal(integrator.id(), Receiver.SECRET);
        notifyAt(new Webhooks(url, null, null, sealed));

        attempt();

        assertRefused("addressNotAllowed");
    }

    /** As a gateway makes it that was told nothing of targets. */
    private void attempt() throws SQLException {
        WebhookConfig usual = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withMapping(WebhookConfig.class)
                .withSources(new PropertiesConfigSource(
                        Map.of("halo.gateway.webhooks.at-rest-key", GatewayResources.AT_REST_KEY), "test", 100))
                .build()
                .getConfigMapping(WebhookConfig.class);
        try (WebhookClient client = new WebhookClient(
                vertx,
                InetAddress::getAllByName,
                new TargetAddresses(usual.allowPrivateTargets()),
                usual.attemptTimeout(),
                1,
                1024)) {
            new WebhookSender(webhooks, client, views, usual, new Random(), new SimpleMeterRegistry())
                    .attempt(taken())
                    .toCompletableFuture()
                    .join();
        }
    }

    /** It does not become better, so that one attempt is all, and an operator sees why. */
    private void assertRefused(String reason) {
        UndeliveredWebhook undelivered = awaitUndelivered();
        assertThat(undelivered.lastReason()).isEqualTo(reason);
        assertThat(undelivered.lastStatus()).isNull();
        assertThat(undelivered.attempts()).isEqualTo(1);
    }
}
