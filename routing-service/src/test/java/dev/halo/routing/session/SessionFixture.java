package dev.halo.routing.session;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.link.LinkTokens.LinkIdentity;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.session.AuthorityConfirmation;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.site.Environment;
import dev.halo.routing.TestConfig;
import dev.halo.routing.config.RoutingConfig;
import dev.halo.routing.metric.BridgeMetrics;
import dev.halo.routing.outcome.QueryReports;
import dev.halo.routing.outcome.RecordPublisher;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;

/** Sessions on a fake socket, a fake registry and Kafka's own mock of a producer. */
public final class SessionFixture implements AutoCloseable {

    public static final UUID INCARNATION = UUID.randomUUID();

    public final UUID linkId = UUID.randomUUID();
    public final UUID siteId = UUID.randomUUID();
    public final UUID integratorId = UUID.randomUUID();
    public final TestClock clock = new TestClock();
    public final FakeRegistry registry = new FakeRegistry();
    public final FakeSocket socket = new FakeSocket();
    public final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    public final BridgeMetrics metrics = new BridgeMetrics(meters);
    public final MockProducer<String, byte[]> producer;
    public final RecordPublisher publisher;
    public final QueryReports reports;
    public final Sessions sessions;
    public final RoutingConfig config;
    public UUID lastSession;

    public SessionFixture(String... config) {
        this(true, config);
    }

    public SessionFixture(boolean acknowledging, String... config) {
        this.config = TestConfig.routing(config);
        this.producer = new MockProducer<>(acknowledging, null, new StringSerializer(), new ByteArraySerializer());
        this.publisher = new RecordPublisher(
                producer,
                metrics,
                this.config.publishing().pauseAt().asLongValue(),
                this.config.publishing().refuseAt().asLongValue());
        this.reports = new QueryReports(publisher, metrics, "");
        this.sessions = new Sessions(
                new BridgeContext(this.config, INCARNATION, "", publisher, reports, registry, metrics, clock),
                link -> lastSession);
        registry.linkOfSite.put(siteId, linkId);
    }

    public LinkIdentity identity() {
        return new LinkIdentity(linkId, Environment.STAGE, clock.now().plus(Duration.ofHours(24)));
    }

    public LinkSession accept() {
        return sessions.accept(identity(), socket);
    }

    public Frame.Hello hello() {
        return new Frame.Hello(1, "1.0", Environment.STAGE, clock.now(), UUID.randomUUID(), List.of());
    }

    /** A session that was welcomed and has seen its own record in the log. */
    public LinkSession open() {
        LinkSession session = accept();
        say(session, hello());
        awaitSent(Frame.Welcome.class);
        sessions.read(opened(session));
        return session;
    }

    public SessionRecord.Open opened(LinkSession session) {
        return new SessionRecord.Open(session.linkId(), session.id(), 0, INCARNATION, clock.now(), "1.0", 0);
    }

    /** A session of the same Link at another bridge. */
    public SessionRecord.Open openedElsewhere(UUID sessionId) {
        return new SessionRecord.Open(linkId, sessionId, 1, UUID.randomUUID(), clock.now(), "1.0", 0);
    }

    public void say(LinkSession session, Frame frame) {
        sessions.message(session, FrameCodec.encode(frame));
    }

    public void say(LinkSession session, Frame frame, ByteBuffer body) {
        sessions.message(session, FrameCodec.encode(frame, body));
    }

    public QueryRequest query(int replySlot) {
        return new QueryRequest(
                UUID.randomUUID(),
                siteId,
                integratorId,
                QueryMode.IMMEDIATE,
                new Command("select 1 from RDB$DATABASE", null, null, null),
                null,
                30_000,
                replySlot,
                clock.now());
    }

    public void awaitSent(Class<? extends Frame> kind) {
        Awaitility.await().until(() -> !socket.sent(kind).isEmpty());
    }

    /** What was written to a topic, once there are so many records. */
    public List<ProducerRecord<String, byte[]>> awaitRecords(String topic, int count) {
        Awaitility.await().until(() -> records(topic).size() >= count);
        return records(topic);
    }

    public List<ProducerRecord<String, byte[]>> records(String topic) {
        return producer.history().stream()
                .filter(record -> record.topic().equals(topic))
                .toList();
    }

    public List<SessionRecord> awaitSessionRecords(int count) {
        Awaitility.await().until(() -> sessionRecords(false).size() >= count);
        return sessionRecords(false).stream()
                .map(record -> Json.read(record.value(), SessionRecord.class))
                .toList();
    }

    /** What the bridge has published of the Link's word on authority. */
    public List<AuthorityConfirmation> awaitConfirmations(int count) {
        Awaitility.await().until(() -> sessionRecords(true).size() >= count);
        return sessionRecords(true).stream()
                .map(record -> Json.read(record.value(), AuthorityConfirmation.class))
                .toList();
    }

    private List<ProducerRecord<String, byte[]>> sessionRecords(boolean confirmations) {
        return records("halo.sessions").stream()
                .filter(record -> AuthorityConfirmation.isKey(record.key()) == confirmations)
                .toList();
    }

    public double count(String name, String... tags) {
        return meters.get(name).tags(tags).counter().count();
    }

    @Override
    public void close() {
        publisher.close();
    }
}
