package dev.halo.messaging;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SlotRecord;
import dev.halo.protocol.topic.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A broker of the tests, seen through topics of their own, and what they write to it. */
final class TestKafka implements AutoCloseable {

    /** How long a test waits for what happens within milliseconds on a quiet machine. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private final KafkaSettings settings;
    private final KafkaProducer<String, byte[]> producer;

    private TestKafka(KafkaSettings settings) {
        this.settings = settings;
        this.producer = KafkaClients.producer(settings, "test");
    }

    /** The shared broker with these topics, under a prefix that no other test has. */
    static TestKafka withTopics(Topic... topics) {
        TestKafka kafka = withoutTopics();
        kafka.create(topics);
        return kafka;
    }

    /** Only what a test needs: hundreds of partitions would slow the broker down. */
    void create(Topic... topics) {
        try (Admin admin = KafkaClients.admin(settings, "test")) {
            admin.createTopics(Stream.of(topics)
                            .map(topic ->
                                    new NewTopic(name(topic), topic.partitions(), (short) 1).configs(topic.settings()))
                            .toList())
                    .all()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("cannot create the test's topics", e);
        }
    }

    /** The shared broker under a prefix that no other test has. */
    static TestKafka withoutTopics() {
        return on(EmbeddedKafka.shared());
    }

    static TestKafka on(EmbeddedKafka broker) {
        return new TestKafka(settings(broker.bootstrapServers(), Duration.ofSeconds(15)));
    }

    static KafkaSettings settings(String bootstrapServers, Duration timeout) {
        return new KafkaSettings(bootstrapServers, "test" + PREFIXES.incrementAndGet() + ".", 1, 1, timeout, Map.of());
    }

    KafkaSettings settings() {
        return settings;
    }

    KafkaProducer<String, byte[]> producer() {
        return producer;
    }

    String name(Topic topic) {
        return topic.name(settings.topicPrefix());
    }

    /** Writes a record and waits until Kafka has it. */
    void put(Topic topic, String key, byte[] value) {
        put(new ProducerRecord<>(name(topic), key, value));
    }

    void put(ProducerRecord<String, byte[]> record) {
        try {
            producer.send(record).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("cannot write to the test's Kafka", e);
        }
    }

    void put(SessionRecord session) {
        put(Topic.SESSIONS, session.linkId().toString(), Json.bytes(session));
    }

    void put(SlotRecord beat) {
        put(beat, Duration.ZERO);
    }

    /** Writes a beat as if it had been sent some time ago. */
    void put(SlotRecord beat, Duration age) {
        put(new ProducerRecord<>(
                name(Topic.SLOT_BEATS), 0, System.currentTimeMillis() - age.toMillis(), beat.key(), Json.bytes(beat)));
    }

    /** A process that answers each record of a slot of {@link Topic#QUERIES} in a slot of {@link Topic#REPLIES}. */
    SlotConsumer echo(int slot, int replySlot, UUID linkId, Producer<String, byte[]> with) {
        SlotConsumer echo = new SlotConsumer(settings, Topic.QUERIES, slot, record -> {
            UUID id = UUID.fromString(record.key());
            with.send(reply(id, linkId, replySlot, record.value()));
        });
        echo.start().positioned().toCompletableFuture().join();
        return echo;
    }

    ProducerRecord<String, byte[]> reply(UUID queryId, UUID linkId, int replySlot, byte[] value) {
        MessageHeaders headers = new MessageHeaders(MessageType.OUTCOME, queryId, null, linkId, null, null, null);
        return KafkaRecords.record(name(Topic.REPLIES), replySlot, queryId.toString(), headers, value);
    }

    ProducerRecord<String, byte[]> request(UUID queryId, int slot, byte[] value) {
        MessageHeaders headers = new MessageHeaders(MessageType.QUERY, queryId, null, null, null, 5_000L, null);
        return KafkaRecords.record(name(Topic.QUERIES), slot, queryId.toString(), headers, value);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
