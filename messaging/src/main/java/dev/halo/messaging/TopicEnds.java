package dev.halo.messaging;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Asks for the ends of partitions on a connection of its own. A broker answers the requests of one connection in turn: on
 * a consumer's the question would wait behind the fetch that waits there for records.
 */
final class TopicEnds implements AutoCloseable {

    private final Admin admin;

    TopicEnds(KafkaSettings settings, String clientId) {
        this.admin = KafkaClients.admin(settings, clientId);
    }

    /**
     * Up to where committed records go now.
     *
     * @throws KafkaException when the brokers do not say so within the limit
     */
    Map<TopicPartition, Long> of(Set<TopicPartition> partitions, Duration limit) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(partition, OffsetSpec.latest()));
        int millis = Math.toIntExact(limit.toMillis());
        ListOffsetsOptions options = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED).timeoutMs(millis);
        Map<TopicPartition, Long> ends = new HashMap<>();
        try {
            admin.listOffsets(asked, options)
                    .all()
                    .get(millis, TimeUnit.MILLISECONDS)
                    .forEach((partition, end) -> ends.put(partition, end.offset()));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException(e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
        return ends;
    }

    /** Does not wait for what was asked. */
    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
