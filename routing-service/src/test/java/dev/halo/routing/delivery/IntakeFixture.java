package dev.halo.routing.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.routing.session.LinkSession;
import dev.halo.routing.session.SessionFixture;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;

/** A bridge whose records of queries the test hands over. */
abstract class IntakeFixture {

    static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    SessionFixture bridge = new SessionFixture();
    boolean nobodyElseHasIt = true;
    QueryIntake intake = intake();

    QueryIntake intake() {
        return new QueryIntake(
                bridge.sessions,
                session -> CompletableFuture.completedFuture(nobodyElseHasIt),
                bridge.registry,
                bridge.reports,
                bridge.metrics,
                bridge.clock);
    }

    @AfterEach
    void close() {
        bridge.close();
    }

    LinkSession openWithCredit(int credit) {
        LinkSession session = bridge.open();
        bridge.say(session, new Frame.Credit(bridge.siteId, credit));
        return session;
    }

    MessageHeaders headers(QueryRequest request, UUID sessionId, Long remaining) {
        return new MessageHeaders(
                MessageType.QUERY,
                request.queryId(),
                request.integratorId(),
                bridge.linkId,
                sessionId,
                remaining,
                TRACE);
    }

    ConsumerRecord<String, byte[]> record(MessageHeaders headers, byte[] value, long ageMillis) {
        RecordHeaders kafka = new RecordHeaders();
        headers.toMap().forEach(kafka::add);
        return record(kafka, value, ageMillis);
    }

    ConsumerRecord<String, byte[]> record(RecordHeaders headers, byte[] value, long ageMillis) {
        return new ConsumerRecord<>(
                "halo.queries",
                0,
                0,
                bridge.clock.now().toEpochMilli() - ageMillis,
                TimestampType.CREATE_TIME,
                0,
                0,
                "key",
                value,
                headers,
                java.util.Optional.empty());
    }

    void send(QueryRequest request, UUID sessionId) {
        intake.accept(record(headers(request, sessionId, 30_000L), Json.bytes(request), 10));
    }

    ReleaseCause released(ProducerRecord<String, byte[]> record) {
        Outcome outcome = OutcomeCodec.decode(ByteBuffer.wrap(record.value())).outcome();
        return ((Outcome.Released) outcome).cause();
    }

    ReleaseCause releasedReply(int slot) {
        ProducerRecord<String, byte[]> reply =
                bridge.awaitRecords("halo.replies", 1).get(0);
        assertThat(reply.partition()).isEqualTo(slot);
        return released(reply);
    }
}
