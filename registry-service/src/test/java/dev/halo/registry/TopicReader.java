package dev.halo.registry;

import dev.halo.protocol.json.Json;
import dev.halo.protocol.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads a whole topic as it is now, committed records only. */
public final class TopicReader {

    private final String bootstrapServers;
    private final String topicPrefix;

    public TopicReader(String bootstrapServers) {
        this(bootstrapServers, "");
    }

    public TopicReader(String bootstrapServers, String topicPrefix) {
        this.bootstrapServers = bootstrapServers;
        this.topicPrefix = topicPrefix;
    }

    /** All records in the order of their partitions. */
    public List<ConsumerRecord<String, byte[]>> records(Topic topic) {
        return records(topic, IntStream.range(0, topic.partitions()).boxed().toList());
    }

    private List<ConsumerRecord<String, byte[]>> records(Topic topic, List<Integer> numbers) {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = numbers.stream()
                    .map(number -> new TopicPartition(topic.name(topicPrefix), number))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    /** The values of one key, in order. */
    public <T> List<T> values(Topic topic, String key, Class<T> type) {
        int partition = BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), topic.partitions());
        return records(topic, List.of(partition)).stream()
                .filter(record -> key.equals(record.key()))
                .map(record -> Json.read(record.value(), type))
                .toList();
    }
}
