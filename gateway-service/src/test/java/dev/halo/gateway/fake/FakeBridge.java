package dev.halo.gateway.fake;

import dev.halo.messaging.KafkaClients;
import dev.halo.messaging.KafkaRecords;
import dev.halo.messaging.KafkaSettings;
import dev.halo.messaging.SlotBeacon;
import dev.halo.messaging.SlotConsumer;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.CancelRequest;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.session.SessionOpened;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SlotRecord;
import dev.halo.protocol.topic.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;

/** A bridge together with the Links behind it: takes queries from its slot and answers as a test says. */
public final class FakeBridge implements AutoCloseable {

    /** A registration as it came. */
    public record Registered(RegisteredRequest request, MessageHeaders headers) {}

    /** What a Link does with a query. */
    @FunctionalInterface
    public interface Behaviour {
        void take(QueryRequest query, MessageHeaders headers, FakeBridge bridge);
    }

    private final KafkaSettings settings;
    private final Producer<String, byte[]> producer;
    private final int slot;
    private volatile SlotBeacon beacon;
    private final SlotConsumer queries;
    private final Map<UUID, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final List<CancelRequest> cancels = new CopyOnWriteArrayList<>();
    private final List<QueryRequest> taken = new CopyOnWriteArrayList<>();
    private final List<Registered> registered = new CopyOnWriteArrayList<>();

    public FakeBridge(KafkaSettings settings, int slot) {
        this.settings = settings;
        this.producer = KafkaClients.producer(settings, "fake-bridge-" + slot);
        this.queries = new SlotConsumer(settings, Topic.QUERIES, slot, this::take).start();
        queries.positioned().toCompletableFuture().join();
        this.slot = slot;
        claim();
    }

    /** A machine that is too busy to beat in time loses the slot; the tests go on with the next incarnation. */
    private void claim() {
        beacon = new SlotBeacon(
                        settings,
                        producer,
                        SlotRecord.Kind.ROUTING,
                        slot,
                        cause -> CompletableFuture.runAsync(this::claim))
                .start();
        beacon.claimed().toCompletableFuture().join();
    }

    /** Opens a session of a Link whose queries are treated so. */
    public SessionRecord.Open open(FakeCloud.Site site, Behaviour behaviour) {
        behaviours.put(site.id(), behaviour);
        SessionRecord.Open open = new SessionRecord.Open(
                site.linkId(), UUID.randomUUID(), beacon.slot(), beacon.incarnation(), Instant.now(), "0.1.0", 0);
        session(open);
        return open;
    }

    public void end(SessionRecord.Open open, SessionRecord.CloseCause cause) {
        session(new SessionRecord.Closed(open.linkId(), open.sessionId(), cause, Instant.now()));
    }

    public void endedLongAgo(SessionRecord.Open open) {
        session(new SessionRecord.Closed(
                open.linkId(),
                open.sessionId(),
                SessionRecord.CloseCause.LOST,
                Instant.now().minusSeconds(180)));
    }

    /** Answers with an outcome and its rows. */
    public void answer(QueryRequest query, UUID linkId, UUID sessionId, Outcome outcome, String rows) {
        answer(query, linkId, sessionId, OutcomeCodec.encode(outcome, utf8(rows)));
    }

    public void answer(QueryRequest query, UUID linkId, UUID sessionId, ByteBuffer outcome) {
        MessageHeaders headers = new MessageHeaders(
                MessageType.OUTCOME, query.queryId(), query.integratorId(), linkId, sessionId, null, null);
        boolean awaited = query.replySlot() != QueryRequest.NO_REPLY_SLOT;
        producer.send(KafkaRecords.record(
                (awaited ? Topic.REPLIES : Topic.RESULTS).name(settings.topicPrefix()),
                awaited ? query.replySlot() : null,
                query.queryId().toString(),
                headers,
                KafkaRecords.bytes(outcome)));
    }

    /**
     * Passes on what a Link reports of a query for which no gateway waits.
     *
     * @param value null where the type has none
     */
    public void report(QueryRequest query, UUID linkId, UUID sessionId, MessageType type, byte[] value) {
        MessageHeaders headers =
                new MessageHeaders(type, query.queryId(), query.integratorId(), linkId, sessionId, null, null);
        result(query.queryId().toString(), headers, value);
    }

    /** Says what a Link had when it opened a session. */
    public void sessionOpened(SessionRecord.Open open, UUID journalId, List<UUID> held) {
        MessageHeaders headers =
                new MessageHeaders(MessageType.SESSION_OPENED, null, null, open.linkId(), open.sessionId(), null, null);
        result(
                open.linkId().toString(),
                headers,
                Json.bytes(new SessionOpened(open.linkId(), open.sessionId(), journalId, held)));
    }

    /** Publishes any record to the gateways' group. */
    public void result(String key, MessageHeaders headers, byte[] value) {
        producer.send(KafkaRecords.record(Topic.RESULTS.name(settings.topicPrefix()), null, key, headers, value));
    }

    public List<CancelRequest> cancels() {
        return cancels;
    }

    public List<Registered> registered() {
        return registered;
    }

    public List<QueryRequest> taken() {
        return taken;
    }

    @Override
    public void close() {
        queries.close();
        beacon.close();
        producer.close();
    }

    private void session(SessionRecord record) {
        try {
            producer.send(KafkaRecords.record(
                            Topic.SESSIONS.name(settings.topicPrefix()),
                            null,
                            record.linkId().toString(),
                            MessageHeaders.of(MessageType.SESSION),
                            Json.bytes(record)))
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        MessageHeaders headers = ((MessageHeaders.Parsed.Valid) KafkaRecords.headers(record)).headers();
        if (headers.type() == MessageType.CANCEL) {
            cancels.add(Json.read(record.value(), CancelRequest.class));
            return;
        }
        if (headers.type() == MessageType.REGISTER) {
            registered.add(new Registered(Json.read(record.value(), RegisteredRequest.class), headers));
            return;
        }
        QueryRequest query = Json.read(record.value(), QueryRequest.class);
        taken.add(query);
        behaviours.get(query.siteId()).take(query, headers, this);
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
