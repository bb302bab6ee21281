package dev.halo.messaging;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * How a service reaches Kafka.
 *
 * @param bootstrapServers {@code host:port[,host:port]}
 * @param topicPrefix put before every topic's name; may be empty
 * @param replicationFactor of topics that this process creates
 * @param minInsyncReplicas of topics that this process creates
 * @param timeout how long an administrative call or the first answer of the cluster may take
 * @param client further settings of every client, such as {@code security.protocol} and SASL
 */
public record KafkaSettings(
        String bootstrapServers,
        String topicPrefix,
        int replicationFactor,
        int minInsyncReplicas,
        Duration timeout,
        Map<String, String> client) {

    public KafkaSettings {
        Objects.requireNonNull(bootstrapServers, "bootstrapServers");
        Objects.requireNonNull(timeout, "timeout");
        topicPrefix = topicPrefix == null ? "" : topicPrefix;
        client = client == null ? Map.of() : Map.copyOf(client);
        if (replicationFactor < 1 || minInsyncReplicas < 1 || minInsyncReplicas > replicationFactor) {
            throw new IllegalArgumentException("min-insync-replicas must be from 1 to replication-factor, but they are "
                    + minInsyncReplicas + " and " + replicationFactor);
        }
    }

    /** One broker without authentication: tests and the local suite. */
    public static KafkaSettings local(String bootstrapServers) {
        return new KafkaSettings(bootstrapServers, "", 1, 1, Duration.ofSeconds(15), Map.of());
    }
}
