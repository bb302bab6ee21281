package dev.halo.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What holds where an operator sets nothing: the contract's numbers, and the safe side. */
class ConfigDefaultsTest {

    private static final UUID NOBODY = new UUID(0, 0);

    private static SmallRyeConfig config(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withMapping(WebhookConfig.class)
                .withMapping(RegisteredConfig.class)
                .withMapping(IdempotencyConfig.class)
                .withMapping(AdminConfig.class)
                .withMapping(LimitsConfig.class)
                .withMapping(AuditConfig.class)
                .withMapping(BearerConfig.class)
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
    void limitsHaveADefaultTierAndOthersByName() {
        LimitsConfig limits = config(Map.of(
                        "halo.gateway.limits.tiers.gold.daily-queries", "7",
                        "halo.gateway.limits.tiers.gold.requests-per-second", "9"))
                .getConfigMapping(LimitsConfig.class);

        assertThat(limits.onStage()).isFalse();
        assertThat(limits.zone()).isEqualTo(ZoneId.of("Australia/Sydney"));
        assertThat(limits.defaultTier().dailyQueries()).isEqualTo(100_000);
        assertThat(limits.tiers()).containsOnlyKeys("gold");
        assertThat(limits.tiers().get("gold").dailyQueries()).isEqualTo(7);
        assertThat(limits.tiers().get("gold").requestsPerSecond()).isEqualTo(9);
        assertThat(limits.tiers().get("gold").practiceBurst()).isEqualTo(60);
    }

    @Test
    void theAuditIsKeptForMoreThanAYear() {
        assertThat(config(Map.of()).getConfigMapping(AuditConfig.class).retention())
                .isGreaterThan(Duration.ofDays(365));
    }

    @Test
    void bearerTokensNeedAnIssuer() {
        BearerConfig bearer = config(Map.of("halo.gateway.bearer.clients.\"my-client\"", NOBODY.toString()))
                .getConfigMapping(BearerConfig.class);

        assertThat(bearer.issuer()).isEmpty();
        assertThat(bearer.audience()).isEqualTo("halo-integrator-api");
        assertThat(bearer.clients()).containsOnly(Map.entry("my-client", NOBODY));
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
