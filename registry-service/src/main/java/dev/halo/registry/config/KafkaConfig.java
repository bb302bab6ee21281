package dev.halo.registry.config;

import dev.halo.messaging.KafkaSettings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** How the service reaches Kafka. */
@ConfigMapping(prefix = "halo.kafka")
public interface KafkaConfig {

    /** {@code host:port[,host:port]}. */
    @WithDefault("127.0.0.1:9092")
    String bootstrapServers();

    /** Put before every topic's name, so that deployments can share a cluster. */
    Optional<String> topicPrefix();

    /** Of topics that this process creates. */
    @WithDefault("3")
    @Min(1)
    int replicationFactor();

    /** Of topics that this process creates. */
    @WithDefault("2")
    @Min(1)
    int minInsyncReplicas();

    /** How long an administrative call may take. */
    @WithDefault("PT15S")
    Duration timeout();

    /** Further settings of every client, such as {@code security.protocol}. */
    Map<String, String> client();

    /** The same as the building blocks take it. */
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
