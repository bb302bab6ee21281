package dev.halo.routing.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.CancelRequest;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.routing.session.LinkSession;
import dev.halo.routing.session.SessionFixture;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueryIntakeTest {

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private SessionFixture bridge = new SessionFixture();
    private boolean nobodyElseHasIt = true;
    private QueryIntake intake = intake();

    private QueryIntake intake() {
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

    private LinkSession openWithCredit(int credit) {
        LinkSession session = bridge.open();
        bridge.say(session, new Frame.Credit(bridge.siteId, credit));
        return session;
    }

    private MessageHeaders headers(QueryRequest request, UUID sessionId, Long remaining) {
        return new MessageHeaders(
                MessageType.QUERY,
                request.queryId(),
                request.integratorId(),
                bridge.linkId,
                sessionId,
                remaining,
                TRACE);
    }

    private ConsumerRecord<String, byte[]> record(MessageHeaders headers, byte[] value, long ageMillis) {
        RecordHeaders kafka = new RecordHeaders();
        headers.toMap().forEach(kafka::add);
        return record(kafka, value, ageMillis);
    }

    private ConsumerRecord<String, byte[]> record(RecordHeaders headers, byte[] value, long ageMillis) {
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

    private void send(QueryRequest request, UUID sessionId) {
        intake.accept(record(headers(request, sessionId, 30_000L), Json.bytes(request), 10));
    }

    private ReleaseCause released(ProducerRecord<String, byte[]> record) {
        Outcome outcome = OutcomeCodec.decode(ByteBuffer.wrap(record.value())).outcome();
        return ((Outcome.Released) outcome).cause();
    }

    private ReleaseCause releasedReply(int slot) {
        ProducerRecord<String, byte[]> reply =
                bridge.awaitRecords("halo.replies", 1).get(0);
        assertThat(reply.partition()).isEqualTo(slot);
        return released(reply);
    }

    @Test
    void aQueryIsForwardedWithTheTimeThatIsLeft() {
        // Given
        LinkSession session = openWithCredit(1);
        QueryRequest query = bridge.query(3);

        // When
        intake.accept(record(headers(query, session.id(), 90_000L), Json.bytes(query), 1_000));

        // Then
        Frame.Query forwarded = bridge.socket.sent(Frame.Query.class).get(0);
        assertThat(forwarded.request()).isEqualTo(query.withQueueMillis(29_000));
        assertThat(forwarded.trace()).containsEntry("traceparent", TRACE);
        assertThat(bridge.count("halo.bridge.queries.delivered")).isEqualTo(1);
    }

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
    void aQueryForAnotherSessionIsReleased() {
        // Given
        openWithCredit(1);

        // When
        send(bridge.query(3), UUID.randomUUID());

        // Then
        assertThat(releasedReply(3)).isEqualTo(ReleaseCause.NO_SUCH_SESSION);
        assertThat(bridge.socket.sent(Frame.Query.class)).isEmpty();
    }

    @Test
    void aQueryThatANewerOwnerOfTheSlotMayHaveForwardedIsLeftAlone() {
        // Given
        nobodyElseHasIt = false;

        // When
        send(bridge.query(3), UUID.randomUUID());

        // Then
        assertThat(bridge.count("halo.bridge.dropped", "reason", "NOT_CERTAINLY_OURS"))
                .isEqualTo(1);
        assertThat(bridge.records("halo.replies")).isEmpty();
    }

    @Test
    void aReleasedAsyncGoesToTheResults() {
        // When
        send(bridge.query(QueryRequest.NO_REPLY_SLOT), UUID.randomUUID());

        // Then
        assertThat(released(bridge.awaitRecords("halo.results", 1).get(0))).isEqualTo(ReleaseCause.NO_SUCH_SESSION);
    }

    @Test
    void aQueryBeyondTheCreditIsReleased() {
        // Given
        LinkSession session = openWithCredit(1);
        send(bridge.query(3), session.id());

        // When
        send(bridge.query(3), session.id());

        // Then
        assertThat(releasedReply(3)).isEqualTo(ReleaseCause.NO_CREDIT);
        assertThat(bridge.socket.sent(Frame.Query.class)).hasSize(1);
    }

    @Test
    void aQueryForASiteThatIsNotTheLinksIsReleased() {
        // Given
        LinkSession session = openWithCredit(1);
        bridge.registry.linkOfSite.put(bridge.siteId, UUID.randomUUID());

        // When
        send(bridge.query(3), session.id());

        // Then
        assertThat(releasedReply(3)).isEqualTo(ReleaseCause.NOT_THE_LINKS_SITE);
    }

    @Test
    void aSiteThatOnlyTheGatewayKnowsYetIsLookedUpOnceMore() {
        // Given
        LinkSession session = openWithCredit(1);
        bridge.registry.linkOfSite.remove(bridge.siteId);
        bridge.registry.onCatchUp = () -> bridge.registry.linkOfSite.put(bridge.siteId, bridge.linkId);

        // When
        send(bridge.query(3), session.id());

        // Then
        assertThat(bridge.socket.sent(Frame.Query.class)).hasSize(1);
    }

    @Test
    void aQueryToACongestedSocketIsReleasedAndItsCreditIsFree() {
        // Given
        LinkSession session = openWithCredit(1);
        bridge.socket.full = true;

        // When
        send(bridge.query(3), session.id());

        // Then
        assertThat(releasedReply(3)).isEqualTo(ReleaseCause.NOT_SENT);
        assertThat(session.unfinished()).isZero();
    }

    @Test
    void aQueryThatDidNotLeaveIsReleased() {
        // Given
        LinkSession session = openWithCredit(1);
        send(bridge.query(3), session.id());

        // When
        bridge.socket.failures.get(bridge.socket.failures.size() - 1).run();

        // Then
        assertThat(releasedReply(3)).isEqualTo(ReleaseCause.NOT_SENT);
    }

    @Test
    void aQueryToADrainingBridgeIsReleased() {
        // Given
        LinkSession session = openWithCredit(1);
        bridge.sessions.drain();

        // When
        send(bridge.query(3), session.id());

        // Then
        assertThat(releasedReply(3)).isEqualTo(ReleaseCause.DRAINING);
    }

    @Test
    void anExpiredQueryIsReleased() {
        // Given
        LinkSession session = openWithCredit(1);
        QueryRequest query = bridge.query(3);

        // When
        intake.accept(record(headers(query, session.id(), 1_000L), Json.bytes(query), 1_001));

        // Then
        assertThat(releasedReply(3)).isEqualTo(ReleaseCause.UNUSABLE);
        assertThat(bridge.socket.sent(Frame.Query.class)).isEmpty();
    }

    @Test
    void aQueryThatIsAtTheLinkAlreadyIsNotSentAgain() {
        // Given
        LinkSession session = openWithCredit(5);
        QueryRequest query = bridge.query(3);
        send(query, session.id());

        // When
        send(query, session.id());

        // Then
        assertThat(bridge.socket.sent(Frame.Query.class)).hasSize(1);
        assertThat(bridge.count("halo.bridge.dropped", "reason", "DUPLICATE_QUERY"))
                .isEqualTo(1);
        assertThat(bridge.records("halo.replies")).isEmpty();
    }

    @Test
    void aQueryWhoseRequestCannotBeReadIsAnsweredWhereItSaysTo() {
        // Given
        UUID queryId = UUID.randomUUID();
        byte[] value = ("{\"queryId\":\"" + queryId + "\",\"replySlot\":7,\"mode\":\"sometimes\"}")
                .getBytes(StandardCharsets.UTF_8);
        MessageHeaders headers = new MessageHeaders(
                MessageType.QUERY, queryId, bridge.integratorId, bridge.linkId, UUID.randomUUID(), 1_000L, null);

        // When
        intake.accept(record(headers, value, 0));

        // Then
        assertThat(releasedReply(7)).isEqualTo(ReleaseCause.UNUSABLE);
        assertThat(bridge.count("halo.bridge.dropped", "reason", "MALFORMED_RECORD"))
                .isEqualTo(1);
    }

    @Test
    void recordsThatNobodyCanBeAnsweredForAreCounted() {
        // When
        intake.accept(record(new RecordHeaders(), "no JSON".getBytes(StandardCharsets.UTF_8), 0));
        intake.accept(record(new RecordHeaders(), null, 0));
        intake.accept(record(MessageHeaders.of(MessageType.SLOT), "{}".getBytes(StandardCharsets.UTF_8), 0));
        String nowhere = new String(Json.bytes(bridge.query(3)), StandardCharsets.UTF_8)
                .replace("\"replySlot\":3", "\"replySlot\":99");
        intake.accept(record(
                headers(bridge.query(3), UUID.randomUUID(), 1_000L), nowhere.getBytes(StandardCharsets.UTF_8), 0));

        // Then
        assertThat(bridge.count("halo.bridge.dropped", "reason", "MALFORMED_RECORD"))
                .isEqualTo(3);
        assertThat(bridge.count("halo.bridge.dropped", "reason", "UNEXPECTED_RECORD"))
                .isEqualTo(1);
        assertThat(bridge.producer.history()).isEmpty();
    }

    @Test
    void aQueryWhoseHeadersNameAnotherQueryIsReleased() {
        // Given
        LinkSession session = openWithCredit(1);
        QueryRequest query = bridge.query(3);

        // When
        intake.accept(record(headers(bridge.query(3), session.id(), 1_000L), Json.bytes(query), 0));

        // Then
        assertThat(releasedReply(3)).isEqualTo(ReleaseCause.UNUSABLE);
    }

    @Test
    void cancelsAreForwarded() {
        // Given
        LinkSession session = openWithCredit(1);
        CancelRequest cancel = new CancelRequest(UUID.randomUUID(), bridge.siteId, LinkErrorCode.CANCELLED);
        MessageHeaders headers = new MessageHeaders(
                MessageType.CANCEL, cancel.queryId(), bridge.integratorId, bridge.linkId, session.id(), null, null);

        // When
        intake.accept(record(headers, Json.bytes(cancel), 0));

        // Then
        assertThat(bridge.socket.sent(Frame.Cancel.class))
                .containsExactly(new Frame.Cancel(cancel.queryId(), LinkErrorCode.CANCELLED));
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
