package dev.halo.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What holds where an operator sets nothing: the contract's numbers, and the safe side. */
class ConfigDefaultsTest {

    private static SmallRyeConfig config(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withMapping(WebhookConfig.class)
                .withMapping(RegisteredConfig.class)
                .withMapping(IdempotencyConfig.class)
                .withMapping(AdminConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .build();
    }

    @Test
    void webhooksAreSentAsTheContractSaysAndToTheInternetOnly() {
        WebhookConfig webhooks = config(Map.of()).getConfigMapping(WebhookConfig.class);

        assertThat(webhooks.attemptTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(webhooks.maxAttempts()).isEqualTo(10);
        assertThat(webhooks.firstPause()).isEqualTo(Duration.ofSeconds(5));
        assertThat(webhooks.window()).isEqualTo(Duration.ofMinutes(90));
        assertThat(webhooks.allowPrivateTargets()).isFalse();
        assertThat(webhooks.atRestKey()).isEmpty();
        assertThat(webhooks.lease()).isGreaterThan(webhooks.attemptTimeout().plus(webhooks.storeTimeout()));
    }

    @Test
    void registeredQueriesAndKeysAreKeptForADay() {
        assertThat(config(Map.of()).getConfigMapping(RegisteredConfig.class).retention())
                .isEqualTo(Duration.ofHours(24));
        assertThat(config(Map.of()).getConfigMapping(IdempotencyConfig.class).retention())
                .isEqualTo(Duration.ofHours(24));
    }

    @Test
    void theAdminApiIsOffUntilThereIsAnIssuer() {
        assertThat(config(Map.of()).getConfigMapping(AdminConfig.class).enabled())
                .isFalse();
        assertThat(config(Map.of("halo.gateway.admin.enabled", "true"))
                        .getConfigMapping(AdminConfig.class)
                        .enabled())
                .isTrue();
    }
}
