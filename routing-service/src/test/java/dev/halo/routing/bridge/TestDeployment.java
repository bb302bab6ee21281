package dev.halo.routing.bridge;

import dev.halo.messaging.KafkaClients;
import dev.halo.messaging.KafkaRecords;
import dev.halo.messaging.KafkaSettings;
import dev.halo.messaging.TopicAdmin;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.link.LinkTokens;
import dev.halo.protocol.query.CancelRequest;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.protocol.topic.Topic;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What surrounds a bridge: the topics of a deployment, a registry and a gateway that the test plays. */
final class TestDeployment implements AutoCloseable {

    // Kept, because a logger that nobody holds forgets its level.
    private static final List<Logger> QUIET = Stream.of("kafka", "state.change.logger", "org.apache.kafka")
            .map(Logger::getLogger)
            .toList();

    private final KafkaSettings settings;
    private final KeyPair keys = newKeys();
    private final LinkTokens.Signer signer = new LinkTokens.Signer(keys.getPrivate(), Environment.STAGE);
    private final AtomicLong versions = new AtomicLong(1);
    private final KafkaProducer<String, byte[]> producer;

    TestDeployment(String bootstrapServers) {
        this.settings = new KafkaSettings(
                bootstrapServers,
                "t" + UUID.randomUUID().toString().substring(0, 8) + ".",
                1,
                1,
                Duration.ofSeconds(15),
                Map.of());
        QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
        TopicAdmin.ensure(settings);
        this.producer = KafkaClients.producer(settings, "test-gateway");
    }

    KafkaSettings settings() {
        return settings;
    }

    String publicKey() {
        return java.util.Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
    }

    LinkTokens.Verifier verifier() {
        return new LinkTokens.Verifier(keys.getPublic(), Environment.STAGE);
    }

    String token(UUID linkId) {
        return signer.sign(linkId, Instant.now());
    }

    String expiredToken(UUID linkId) {
        return signer.sign(linkId, Instant.now().minus(Duration.ofDays(2)));
    }

    String foreignToken(UUID linkId) {
        return new LinkTokens.Signer(newKeys().getPrivate(), Environment.STAGE).sign(linkId, Instant.now());
    }

    String productionToken(UUID linkId) {
        return new LinkTokens.Signer(keys.getPrivate(), Environment.PRODUCTION).sign(linkId, Instant.now());
    }

    /** The registry knows a site of the Link's, which is authoritative. */
    void publishSite(UUID siteId, UUID linkId, LinkStatus status) {
        SiteRecord site = new SiteRecord(
                siteId,
                linkId,
                status,
                PmsType.ZEDMED,
                pmsId(siteId),
                "Practice",
                "38",
                "1",
                List.of(),
                LicenceKind.STANDARD,
                SiteStatus.ACTIVE,
                null,
                Instant.now(),
                Instant.now(),
                versions.incrementAndGet());
        send(Topic.SITES, null, siteId.toString(), MessageHeaders.of(MessageType.SITE), Json.bytes(site));
    }

    /** Gives the record, with the version that it was published with. */
    AuthorityRecord publishAuthority(UUID siteId, UUID linkId) {
        AuthorityRecord record = new AuthorityRecord(
                PmsType.ZEDMED,
                pmsId(siteId),
                linkId,
                linkId == null ? null : siteId,
                Instant.now(),
                versions.incrementAndGet());
        send(Topic.AUTHORITY, 0, record.key(), MessageHeaders.of(MessageType.AUTHORITY), Json.bytes(record));
        return record;
    }

    QueryRequest query(UUID siteId, UUID integratorId, int replySlot) {
        return new QueryRequest(
                UUID.randomUUID(),
                siteId,
                integratorId,
                replySlot < 0 ? QueryMode.ASYNC : QueryMode.IMMEDIATE,
                new Command("select 1 from RDB$DATABASE", null, null, null),
                null,
                30_000,
                replySlot,
                Instant.now());
    }

    void sendQuery(QueryRequest query, int slot, UUID linkId, UUID sessionId) {
        sendQuery(query, slot, linkId, sessionId, 60_000L);
    }

    void sendQuery(QueryRequest query, int slot, UUID linkId, UUID sessionId, long remaining) {
        MessageHeaders headers = new MessageHeaders(
                MessageType.QUERY, query.queryId(), query.integratorId(), linkId, sessionId, remaining, null);
        send(Topic.QUERIES, slot, query.siteId().toString(), headers, Json.bytes(query));
    }

    void sendRegister(RegisteredRequest request, int slot, UUID linkId, UUID sessionId) {
        MessageHeaders headers = new MessageHeaders(
                MessageType.REGISTER, request.queryId(), request.integratorId(), linkId, sessionId, null, null);
        send(Topic.QUERIES, slot, request.siteId().toString(), headers, Json.bytes(request));
    }

    RegisteredRequest registered(UUID siteId, UUID integratorId) {
        return new RegisteredRequest(
                UUID.randomUUID(),
                siteId,
                integratorId,
                new Command("select 1 from RDB$DATABASE", null, null, null),
                null,
                60,
                30_000,
                600_000,
                0,
                null,
                Instant.now());
    }

    void sendCancel(UUID queryId, UUID siteId, int slot, UUID linkId, UUID sessionId) {
        MessageHeaders headers = new MessageHeaders(MessageType.CANCEL, queryId, null, linkId, sessionId, null, null);
        send(
                Topic.QUERIES,
                slot,
                siteId.toString(),
                headers,
                Json.bytes(new CancelRequest(queryId, siteId, LinkErrorCode.CANCELLED)));
    }

    void send(Topic topic, Integer partition, String key, MessageHeaders headers, byte[] value) {
        ProducerRecord<String, byte[]> record =
                KafkaRecords.record(topic.name(settings.topicPrefix()), partition, key, headers, value);
        try {
            producer.send(record).get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("not sent to " + topic, e);
        }
    }

    /** All that is in a topic now. */
    List<ConsumerRecord<String, byte[]>> read(Topic topic) {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", settings.bootstrapServers(), "enable.auto.commit", false);
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name(settings.topicPrefix())).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            while (end.entrySet().stream().anyMatch(each -> consumer.position(each.getKey()) < each.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }

    /** The records of a topic that are about this query. */
    List<ConsumerRecord<String, byte[]>> about(Topic topic, UUID key) {
        return read(topic).stream()
                .filter(record -> key.toString().equals(record.key()))
                .toList();
    }

    static MessageHeaders headers(ConsumerRecord<String, byte[]> record) {
        return ((MessageHeaders.Parsed.Valid) KafkaRecords.headers(record)).headers();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }

    private static String pmsId(UUID siteId) {
        return "pms-" + siteId.toString().substring(0, 8);
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
