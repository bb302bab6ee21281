package dev.halo.routing.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.routing.session.LinkSession;
import dev.halo.routing.session.SessionFixture;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Where outcomes and progress of queries go. */
class OutcomeTest extends IntakeFixture {

    @Test
    void anOutcomeGoesToTheWaitingSlotAsItIsAndIsAcknowledged() {
        // Given
        LinkSession session = openWithCredit(1);
        QueryRequest query = bridge.query(3);
        send(query, session.id());
        byte[] body = new byte[] {0, 0, 0, 2, '{', '}', 1, 2, 3, (byte) 0xff};

        // When
        bridge.say(
                session,
                new Frame.Ended(query.queryId(), bridge.siteId, bridge.integratorId, 3),
                ByteBuffer.wrap(body));

        // Then
        ProducerRecord<String, byte[]> reply =
                bridge.awaitRecords("halo.replies", 1).get(0);
        assertThat(reply.partition()).isEqualTo(3);
        assertThat(reply.key()).isEqualTo(query.queryId().toString());
        assertThat(reply.value()).isEqualTo(body);
        MessageHeaders headers = ((MessageHeaders.Parsed.Valid)
                        MessageHeaders.parse(name -> reply.headers().lastHeader(name) == null
                                ? null
                                : reply.headers().lastHeader(name).value()))
                .headers();
        assertThat(headers)
                .isEqualTo(new MessageHeaders(
                        MessageType.OUTCOME,
                        query.queryId(),
                        bridge.integratorId,
                        bridge.linkId,
                        session.id(),
                        null,
                        TRACE));
        bridge.awaitSent(Frame.EndedAck.class);
        assertThat(session.unfinished()).isZero();
    }

    @Test
    void anOutcomeWithoutAWaitingGatewayGoesToTheResults() {
        // Given
        LinkSession session = openWithCredit(1);
        QueryRequest query = bridge.query(QueryRequest.NO_REPLY_SLOT);
        send(query, session.id());

        // When
        bridge.say(
                session,
                new Frame.Ended(query.queryId(), bridge.siteId, bridge.integratorId, QueryRequest.NO_REPLY_SLOT),
                OutcomeCodec.encode(new Outcome.Released(ReleaseCause.NO_CREDIT)));

        // Then
        List<ProducerRecord<String, byte[]>> results = bridge.awaitRecords("halo.results", 2);
        assertThat(results.get(1).key()).isEqualTo(query.queryId().toString());
        assertThat(bridge.records("halo.replies")).isEmpty();
    }

    @Test
    void anOutcomeOfAQueryThatAnotherBridgeForwardedIsPassedOn() {
        // Given
        LinkSession session = openWithCredit(1);
        UUID before = UUID.randomUUID();

        // When
        bridge.say(
                session,
                new Frame.Ended(before, bridge.siteId, bridge.integratorId, 5),
                OutcomeCodec.encode(new Outcome.Released(ReleaseCause.NO_CREDIT)));

        // Then
        assertThat(bridge.awaitRecords("halo.replies", 1).get(0).partition()).isEqualTo(5);
        assertThat(bridge.count("halo.bridge.queries.ended", "asked", "before")).isEqualTo(1);
    }

    @Test
    void anOutcomeForAnotherLinksSiteIsDroppedAndCounted() {
        // Given
        LinkSession session = openWithCredit(1);

        // When
        bridge.say(session, new Frame.Ended(UUID.randomUUID(), UUID.randomUUID(), bridge.integratorId, 5));

        // Then
        assertThat(bridge.count("halo.bridge.dropped", "reason", "FOREIGN_SITE"))
                .isEqualTo(1);
        assertThat(bridge.records("halo.replies")).isEmpty();
        assertThat(bridge.socket.sent(Frame.EndedAck.class)).isEmpty();
    }

    @Test
    void anOutcomeThatNamesAnotherGatewayThanItsQueryIsDropped() {
        // Given
        LinkSession session = openWithCredit(1);
        QueryRequest query = bridge.query(3);
        send(query, session.id());

        // When
        bridge.say(session, new Frame.Ended(query.queryId(), bridge.siteId, bridge.integratorId, 4));

        // Then
        assertThat(bridge.count("halo.bridge.dropped", "reason", "FORGED_OUTCOME"))
                .isEqualTo(1);
        assertThat(session.unfinished()).isEqualTo(1);
    }

    @Test
    void anOutcomeThatKafkaCannotCarryIsAnsweredAllTheSame() {
        // Given
        LinkSession session = openWithCredit(1);
        QueryRequest query = bridge.query(3);
        send(query, session.id());

        // When
        bridge.say(
                session,
                new Frame.Ended(query.queryId(), bridge.siteId, bridge.integratorId, 3),
                ByteBuffer.allocate(600 * 1024));

        // Then
        Outcome outcome = OutcomeCodec.decode(ByteBuffer.wrap(
                        bridge.awaitRecords("halo.replies", 1).get(0).value()))
                .outcome();
        assertThat(((Outcome.Failed) outcome).failure().is(LinkErrorCode.OUTCOME_UNKNOWN))
                .isTrue();
        bridge.awaitSent(Frame.EndedAck.class);
    }

    @Test
    void progressGoesToTheResultsInOrder() {
        // Given
        LinkSession session = openWithCredit(1);
        UUID query = UUID.randomUUID();

        // When
        bridge.say(session, new Frame.Queued(query, bridge.siteId));
        bridge.say(session, new Frame.Executing(query, bridge.siteId));

        // Then
        assertThat(bridge.awaitRecords("halo.results", 3).stream()
                        .map(record -> new String(
                                record.headers().lastHeader(MessageHeaders.TYPE).value()))
                        .toList())
                .containsExactly("sessionOpened", "queued", "executing");
    }

    @Test
    void aSocketIsNotReadWhileTooMuchIsOnItsWayToKafka() {
        // Given
        bridge.close();
        bridge = new SessionFixture(false, "publishing.pause-at", "1K", "publishing.refuse-at", "1M");
        intake = intake();
        LinkSession session = bridge.accept();
        bridge.say(session, bridge.hello());
        bridge.awaitRecords("halo.sessions", 1);
        bridge.producer.completeNext();
        bridge.awaitRecords("halo.results", 1);
        bridge.producer.completeNext();

        // When
        bridge.say(
                session,
                new Frame.Ended(UUID.randomUUID(), bridge.siteId, bridge.integratorId, 3),
                ByteBuffer.allocate(4096));

        // Then
        assertThat(bridge.socket.paused).isTrue();
        bridge.awaitRecords("halo.replies", 1);
        bridge.producer.completeNext();
        assertThat(bridge.socket.paused).isFalse();
        assertThat(bridge.socket.sent(Frame.EndedAck.class)).hasSize(1);
    }
}
