package dev.halo.routing.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.CancelRequest;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.routing.session.LinkSession;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/** Records of queries: forwarded, released or counted. */
class QueryIntakeTest extends IntakeFixture {

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
}
