package dev.halo.messaging;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Makes the plain Kafka clients, all with the suite's settings. The caller closes them. */
public final class KafkaClients {

    /** How long {@code send} may block for metadata or buffer space before the send fails. */
    private static final int MAX_BLOCK_MILLIS = 5_000;

    /** After this a send has failed; below the longest wait of any caller. */
    private static final int DELIVERY_TIMEOUT_MILLIS = 20_000;

    private KafkaClients() {}

    /**
     * A producer that loses nothing it has acknowledged and does not wait for company: a query's latency is worth more
     * than a full batch.
     */
    public static KafkaProducer<String, byte[]> producer(KafkaSettings settings, String clientId) {
        return new KafkaProducer<>(
                producerProperties(settings, clientId), new StringSerializer(), new ByteArraySerializer());
    }

    /** As {@link #producer}, for transactions; the caller calls {@code initTransactions}. */
    public static KafkaProducer<String, byte[]> transactionalProducer(
            KafkaSettings settings, String clientId, String transactionalId) {
        Map<String, Object> properties = producerProperties(settings, clientId);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    static Map<String, Object> producerProperties(KafkaSettings settings, String clientId) {
        Map<String, Object> properties = common(settings, clientId);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS);
        return properties;
    }

    /**
     * A consumer for {@code assign}: no group, no committed offsets.
     *
     * @param offsetReset where to go when its position is gone: {@code earliest} for a view, {@code latest} for a slot
     */
    static KafkaConsumer<String, byte[]> assignedConsumer(KafkaSettings settings, String clientId, String offsetReset) {
        return new KafkaConsumer<>(
                consumerProperties(settings, clientId, offsetReset),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    /** A consumer for {@code subscribe} in a group. What it has not been told to commit comes again. */
    static KafkaConsumer<String, byte[]> groupConsumer(
            KafkaSettings settings, String clientId, String group, int maxRecords) {
        Map<String, Object> properties = consumerProperties(settings, clientId, "earliest");
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxRecords);
        return new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    }

    private static Map<String, Object> consumerProperties(KafkaSettings settings, String clientId, String offsetReset) {
        Map<String, Object> properties = common(settings, clientId);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, offsetReset);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                Math.toIntExact(settings.timeout().toMillis()));
        return properties;
    }

    static Admin admin(KafkaSettings settings, String clientId) {
        Map<String, Object> properties = common(settings, clientId);
        int timeout = Math.toIntExact(settings.timeout().toMillis());
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout);
        return Admin.create(properties);
    }

    private static Map<String, Object> common(KafkaSettings settings, String clientId) {
        Map<String, Object> properties = new HashMap<>(settings.client());
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
        // A broker that restarts must be found again within the seconds that a caller waits.
        properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return properties;
    }
}
