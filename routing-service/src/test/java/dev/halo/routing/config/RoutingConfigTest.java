package dev.halo.routing.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.site.Environment;
import dev.halo.routing.TestConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RoutingConfigTest {

    @Test
    void theDefaultsKeepWhatTheArchitecturePromises() {
        // When
        RoutingConfig config = TestConfig.routing();

        // Then
        assertThat(config.session().silence()).isLessThan(Duration.ofSeconds(60));
        assertThat(config.session().heartbeat().multipliedBy(3))
                .isLessThanOrEqualTo(config.session().silence());
        assertThat(config.drain().spread()).isGreaterThanOrEqualTo(Duration.ofSeconds(60));
        assertThat(config.session().supersededRetry()).isGreaterThanOrEqualTo(Duration.ofSeconds(60));
        assertThat(config.publishing().refuseAt().asLongValue())
                .isGreaterThan(config.publishing().pauseAt().asLongValue());
        assertThat(config.exitOnSlotLoss()).isTrue();
    }

    @Test
    void theEnvironmentIsReadInLowerCase() {
        // When
        RoutingConfig config = TestConfig.routing("environment", "production", "slot", "7");

        // Then
        assertThat(config.environment()).isEqualTo(Environment.PRODUCTION);
        assertThat(config.slot()).isEqualTo(7);
    }
}
