package dev.halo.registry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.site.Environment;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegistryConfigTest {

    private static SmallRyeConfig config(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .withMapping(RegistryConfig.class)
                .withMapping(KafkaConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .build();
    }

    @Test
    void aKeyIsAllThatMustBeSet() {
        RegistryConfig config =
                config(Map.of("halo.registry.link-token-private-key", "key")).getConfigMapping(RegistryConfig.class);
        assertThat(config.environment()).isEqualTo(Environment.PRODUCTION);
        assertThat(config.sharedDeveloperId()).isEqualTo("DEVELOPER");
        assertThat(config.outbox().publishTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.enrolment().validFor()).isEqualTo(Duration.ofHours(24));
        assertThat(config.authority().confirmationWait()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.authority().maxWaiting()).isEqualTo(100);
        assertThat(config.atRestKey()).isEmpty();
        assertThat(config.webhooks().allowHttp()).isFalse();
        assertThatThrownBy(() -> config(Map.of())).hasMessageContaining("halo.registry.link-token-private-key");
    }

    @Test
    void theWireNamesOfEnvironmentsAreUnderstood() {
        assertThat(config(Map.of("halo.registry.link-token-private-key", "key", "halo.registry.environment", "stage"))
                        .getConfigMapping(RegistryConfig.class)
                        .environment())
                .isEqualTo(Environment.STAGE);
    }

    @Test
    void kafkaIsReachedAsSaid() {
        var settings = config(Map.of(
                        "halo.registry.link-token-private-key", "key",
                        "halo.kafka.bootstrap-servers", "a:1,b:2",
                        "halo.kafka.topic-prefix", "x.",
                        "halo.kafka.client.\"security.protocol\"", "SASL_SSL"))
                .getConfigMapping(KafkaConfig.class)
                .settings();
        assertThat(settings.bootstrapServers()).isEqualTo("a:1,b:2");
        assertThat(settings.topicPrefix()).isEqualTo("x.");
        assertThat(settings.client()).containsEntry("security.protocol", "SASL_SSL");
        assertThat(settings.replicationFactor()).isEqualTo(3);
    }
}
