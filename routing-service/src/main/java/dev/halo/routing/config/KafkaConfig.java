package dev.halo.routing.config;

import dev.halo.messaging.KafkaSettings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** How the bridge reaches Kafka. */
@ConfigMapping(prefix = "halo.kafka")
public interface KafkaConfig {

    /** {@code host:port[,host:port]}. */
    @NotBlank
    @WithDefault("localhost:9092")
    String bootstrapServers();

    /** Put before the name of every topic; the same in all services of a deployment. */
    Optional<String> topicPrefix();

    /** Of topics that are missing and so created. */
    @Min(1)
    @WithDefault("3")
    int replicationFactor();

    /** Of topics that are missing and so created; at most the replication factor. */
    @Min(1)
    @WithDefault("2")
    int minInsyncReplicas();

    /** How long an administrative call or the first answer of the cluster may take. */
    @NotNull
    @WithDefault("15s")
    Duration timeout();

    /** Further settings of every Kafka client, such as {@code security.protocol} and SASL. */
    Map<String, String> client();

    /** The same as the record that the Kafka building blocks take. */
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
