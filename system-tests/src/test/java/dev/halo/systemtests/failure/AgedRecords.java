package dev.halo.systemtests.failure;

import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to Kafka what would have been written some time ago. */
final class AgedRecords implements AutoCloseable {

    private final String bootstrapServers;
    private final KafkaProducer<byte[], byte[]> producer;

    AgedRecords(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A session of a Link of which nothing was heard for so long. */
    void lostSession(UUID linkId, Duration ago) {
        Instant heard = Instant.now().minus(ago);
        UUID session = UUID.randomUUID();
        write(new SessionRecord.Open(linkId, session, 0, UUID.randomUUID(), heard, "0.1.0", 0));
        write(new SessionRecord.Closed(linkId, session, SessionRecord.CloseCause.LOST, heard));
    }

    private void write(SessionRecord session) {
        ProducerRecord<byte[], byte[]> written = new ProducerRecord<>(
                Topic.SESSIONS.baseName(), bytes(session.linkId().toString()), Json.bytes(session));
        MessageHeaders.of(MessageType.SESSION).toMap().forEach(written.headers()::add);
        send(written);
    }

    /**
     * A query that was sent once, as if it had been sent so long ago: once more as it was, and once as another one.
     *
     * @param slot of the bridge
     */
    void queryAgain(int slot, String queryId, Duration ago) {
        TopicPartition partition = new TopicPartition(Topic.QUERIES.baseName(), slot);
        ConsumerRecord<byte[], byte[]> sent = find(partition, queryId);
        for (String id : List.of(queryId, UUID.randomUUID().toString())) {
            String value = new String(sent.value(), StandardCharsets.UTF_8).replace(queryId, id);
            ProducerRecord<byte[], byte[]> again = new ProducerRecord<>(
                    partition.topic(), slot, Instant.now().minus(ago).toEpochMilli(), sent.key(), bytes(value));
            for (Header header : sent.headers()) {
                boolean isId = header.key().equals(MessageHeaders.QUERY_ID);
                again.headers().add(header.key(), isId ? bytes(id) : header.value());
            }
            send(again);
        }
    }

    private ConsumerRecord<byte[], byte[]> find(TopicPartition partition, String queryId) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "enable.auto.commit", "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    Header id = record.headers().lastHeader(MessageHeaders.QUERY_ID);
                    if (id != null && queryId.equals(new String(id.value(), StandardCharsets.UTF_8))) {
                        return record;
                    }
                }
            }
        }
        throw new AssertionError("the query was not sent to slot " + partition.partition());
    }

    private void send(ProducerRecord<byte[], byte[]> written) {
        try {
            producer.send(written).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new AssertionError("Kafka did not take the record", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close();
    }
}
