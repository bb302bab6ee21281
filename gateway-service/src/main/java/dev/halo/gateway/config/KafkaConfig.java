package dev.halo.gateway.config;

import dev.halo.messaging.KafkaSettings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** How the gateway reaches Kafka. */
@ConfigMapping(prefix = "halo.kafka")
public interface KafkaConfig {

    /** {@code host:port[,host:port]}. */
    @WithDefault("localhost:9092")
    @NotBlank
    String bootstrapServers();

    /** Put before every topic's name. */
    Optional<String> topicPrefix();

    /** Of the topics that this process creates. */
    @WithDefault("3")
    @Min(1)
    int replicationFactor();

    /** Of the topics that this process creates. */
    @WithDefault("2")
    @Min(1)
    int minInsyncReplicas();

    /** How long an administrative call, or the first answer of the cluster, may take. */
    @WithDefault("15s")
    Duration timeout();

    /** Further settings of every Kafka client, such as {@code security.protocol} and SASL. */
    Map<String, String> client();

    /** The settings as the Kafka building blocks want them. */
    default KafkaSettings settings() {
        return new KafkaSettings(
                bootstrapServers(),
                topicPrefix().orElse(""),
                replicationFactor(),
                minInsyncReplicas(),
                timeout(),
                client());
    }
}
