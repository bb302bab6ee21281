package dev.halo.registry.outbox;

import dev.halo.messaging.KafkaClients;
import dev.halo.messaging.KafkaRecords;
import dev.halo.messaging.KafkaSettings;
import dev.halo.messaging.TopicAdmin;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * The relay's side of Kafka. Every publication is a transaction under one transactional id: a relay that lost its lock
 * without noticing is fenced off by the next one's start, and can no longer write an older version behind a newer.
 */
final class OutboxTopics implements AutoCloseable {

    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final KafkaSettings settings;
    private final KafkaProducer<String, byte[]> producer;

    private OutboxTopics(KafkaSettings settings, KafkaProducer<String, byte[]> producer) {
        this.settings = settings;
        this.producer = producer;
    }

    /**
     * Creates and checks the topics, and fences off any relay before this one.
     *
     * @throws KafkaException when Kafka cannot be reached or the topics are not as they must be
     */
    static OutboxTopics open(KafkaSettings settings) {
        TopicAdmin.ensure(settings);
        KafkaProducer<String, byte[]> producer = KafkaClients.transactionalProducer(
                settings, "halo-registry-relay", settings.topicPrefix() + "halo-registry-outbox");
        try {
            producer.initTransactions();
        } catch (KafkaException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
        return new OutboxTopics(settings, producer);
    }

    /** Publishes all or nothing, and returns when it is acknowledged. A failure leaves this unusable. */
    void publish(List<Publication> publications) {
        producer.beginTransaction();
        for (Publication publication : publications) {
            producer.send(KafkaRecords.record(
                    publication.topic().name(settings.topicPrefix()),
                    null,
                    publication.key(),
                    MessageHeaders.of(publication.type()),
                    publication.value().getBytes(StandardCharsets.UTF_8)));
        }
        // Fails if any of the sends failed.
        producer.commitTransaction();
    }

    /** Takes away what the topics hold under these keys. */
    void withdraw(Topic topic, Collection<String> keys) {
        producer.beginTransaction();
        keys.forEach(key -> producer.send(new ProducerRecord<>(topic.name(settings.topicPrefix()), key, null)));
        producer.commitTransaction();
    }

    /** The ids of the topics as they are now; a topic that was deleted and made again has another one. */
    Map<Topic, String> topicIds() {
        Map<String, Object> properties = new HashMap<>(settings.client());
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        properties.put(AdminClientConfig.CLIENT_ID_CONFIG, "halo-registry-topics");
        int limit = Math.toIntExact(settings.timeout().toMillis());
        // Closing waits for what is under way, without Kafka a minute if it is not told otherwise.
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, limit);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, limit);
        try (Admin admin = Admin.create(properties)) {
            var described = admin.describeTopics(Publication.TOPICS.stream()
                            .map(topic -> topic.name(settings.topicPrefix()))
                            .toList())
                    .allTopicNames()
                    .get(limit, TimeUnit.MILLISECONDS);
            Map<Topic, String> ids = new EnumMap<>(Topic.class);
            for (Topic topic : Publication.TOPICS) {
                ids.put(
                        topic,
                        described
                                .get(topic.name(settings.topicPrefix()))
                                .topicId()
                                .toString());
            }
            return ids;
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("the registry's topics cannot be described", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", e);
        }
    }

    @Override
    public void close() {
        producer.close(CLOSE);
    }
}
