package dev.halo.routing.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.Timing;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.topic.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Queries, cancels and outcomes on their way through one bridge. */
class BridgeIT extends BridgeFixture {

    @Test
    void aQueryGoesToTheLinkAndItsOutcomeBackAsItIs() throws Exception {
        // Given
        UUID sessionId = open(1);
        QueryRequest query = query();
        send(query, sessionId);
        Frame.Query forwarded = link.await(Frame.Query.class);
        byte[] rows = new byte[200 * 1024];
        java.util.Arrays.fill(rows, (byte) '7');
        Outcome outcome = new Outcome.Rows(1, rows.length, Outcome.Storage.INLINE, List.of(), new Timing(1, 2, 3, 0));
        ByteBuffer body = OutcomeCodec.encode(outcome, ByteBuffer.wrap(rows));

        // When
        link.say(new Frame.Ended(query.queryId(), siteId, integratorId, REPLY_SLOT), body);

        // Then
        assertThat(link.await(Frame.EndedAck.class).queryId()).isEqualTo(query.queryId());
        ConsumerRecord<String, byte[]> reply = awaitRecord(Topic.REPLIES, query.queryId());
        assertThat(reply.partition()).isEqualTo(REPLY_SLOT);
        assertThat(reply.value()).isEqualTo(body.array());
        assertThat(TestDeployment.headers(reply).linkId()).isEqualTo(linkId);
        assertThat(TestDeployment.headers(reply).sessionId()).isEqualTo(sessionId);
        assertThat(forwarded.request().command().text())
                .isEqualTo(query.command().text());
    }

    @Test
    void aSqlOfTheGreatestLengthPasses() throws Exception {
        // Given
        UUID sessionId = open(1);
        QueryRequest small = query();
        QueryRequest query = new QueryRequest(
                small.queryId(),
                siteId,
                integratorId,
                small.mode(),
                new dev.halo.protocol.query.Command("select '" + "x".repeat(250 * 1024) + "'", null, null, null),
                null,
                30_000,
                REPLY_SLOT,
                small.createdAt());

        // When
        send(query, sessionId);

        // Then
        assertThat(link.await(Frame.Query.class).request().command()).isEqualTo(query.command());
    }

    @Test
    void aQueryIsReleasedWithTheReason() throws Exception {
        // Given
        UUID sessionId = open(1);
        QueryRequest otherSession = query();
        QueryRequest expired = query();
        QueryRequest foreign = deployment.query(UUID.randomUUID(), integratorId, REPLY_SLOT);
        QueryRequest first = query();
        QueryRequest beyondCredit = query();
        QueryRequest async = deployment.query(siteId, integratorId, QueryRequest.NO_REPLY_SLOT);

        // When
        send(otherSession, UUID.randomUUID());
        deployment.sendQuery(expired, SLOT, linkId, sessionId, 0);
        send(foreign, sessionId);
        send(first, sessionId);
        send(beyondCredit, sessionId);
        send(async, UUID.randomUUID());

        // Then
        assertThat(awaitRelease(Topic.REPLIES, otherSession)).isEqualTo(ReleaseCause.NO_SUCH_SESSION);
        assertThat(awaitRelease(Topic.REPLIES, expired)).isEqualTo(ReleaseCause.UNUSABLE);
        assertThat(awaitRelease(Topic.REPLIES, foreign)).isEqualTo(ReleaseCause.NOT_THE_LINKS_SITE);
        assertThat(awaitRelease(Topic.REPLIES, beyondCredit)).isEqualTo(ReleaseCause.NO_CREDIT);
        assertThat(awaitRelease(Topic.RESULTS, async)).isEqualTo(ReleaseCause.NO_SUCH_SESSION);
        assertThat(link.await(Frame.Query.class).request().queryId()).isEqualTo(first.queryId());
        assertThat(deployment.about(Topic.REPLIES, first.queryId())).isEmpty();
        assertThat(TestDeployment.headers(awaitRecord(Topic.REPLIES, otherSession.queryId()))
                        .linkId())
                .isEqualTo(linkId);
    }

    @Test
    void aMalformedRecordIsAnsweredWhereThatCanBeAndStopsNothing() throws Exception {
        // Given
        UUID sessionId = open(1);
        UUID queryId = UUID.randomUUID();
        MessageHeaders headers =
                new MessageHeaders(MessageType.QUERY, queryId, integratorId, linkId, sessionId, 60_000L, null);
        byte[] answerable = ("{\"queryId\":\"" + queryId + "\",\"replySlot\":" + REPLY_SLOT + ",\"mode\":17}")
                .getBytes(StandardCharsets.UTF_8);
        double before = bridge.count("halo.bridge.dropped", "reason", "MALFORMED_RECORD");

        // When
        deployment.send(Topic.QUERIES, SLOT, "x", headers, new byte[] {0, 1, 2});
        deployment.send(Topic.QUERIES, SLOT, null, headers, answerable);
        QueryRequest good = query();
        send(good, sessionId);

        // Then
        assertThat(link.await(Frame.Query.class).request().queryId()).isEqualTo(good.queryId());
        Outcome outcome = OutcomeCodec.decode(
                        ByteBuffer.wrap(awaitRecord(Topic.REPLIES, queryId).value()))
                .outcome();
        assertThat(outcome).isEqualTo(new Outcome.Released(ReleaseCause.UNUSABLE));
        assertThat(bridge.count("halo.bridge.dropped", "reason", "MALFORMED_RECORD"))
                .isEqualTo(before + 2);
    }

    @Test
    void cancelsReachTheLink() throws Exception {
        // Given
        UUID sessionId = open(1);
        UUID queryId = UUID.randomUUID();

        // When
        deployment.sendCancel(queryId, siteId, SLOT, linkId, sessionId);

        // Then
        assertThat(link.await(Frame.Cancel.class).queryId()).isEqualTo(queryId);
    }

    @Test
    void anOutcomeForAnotherLinksSiteGoesNowhere() throws Exception {
        // Given
        UUID otherSite = UUID.randomUUID();
        deployment.publishSite(otherSite, UUID.randomUUID(), LinkStatus.ACTIVE);
        open(1);
        UUID queryId = UUID.randomUUID();

        // When
        link.say(
                new Frame.Ended(queryId, otherSite, integratorId, REPLY_SLOT),
                OutcomeCodec.encode(new Outcome.Affected(1, List.of(), Timing.NONE)));
        link.say(new Frame.Ping(7));
        link.await(Frame.Pong.class);

        // Then
        assertThat(bridge.count("halo.bridge.dropped", "reason", "FOREIGN_SITE"))
                .isPositive();
        assertThat(deployment.about(Topic.REPLIES, queryId)).isEmpty();
        assertThat(link.has(Frame.EndedAck.class)).isFalse();
    }

    @Test
    void aLinkTouchesNoSessionButThatOfItsToken() throws Exception {
        // Given
        UUID sessionId = open(1);
        UUID stranger = UUID.randomUUID();

        // When
        try (FakeLink other = FakeLink.open(vertx, bridge.port(), deployment.token(stranger))) {
            other.say(new Frame.Credit(siteId, 0));
            other.say(new Frame.Goodbye());
            await().atMost(Duration.ofSeconds(20)).until(other::isClosed);
        }
        QueryRequest query = query();
        send(query, sessionId);

        // Then
        assertThat(link.await(Frame.Query.class).request().queryId()).isEqualTo(query.queryId());
        assertThat(lastSessionRecord()).isInstanceOf(SessionRecord.Open.class);
        assertThat(lastSessionRecord().sessionId()).isEqualTo(sessionId);
        assertThat(deployment.about(Topic.SESSIONS, stranger)).isNotEmpty();
    }

    private QueryRequest query() {
        return deployment.query(siteId, integratorId, REPLY_SLOT);
    }

    private void send(QueryRequest query, UUID sessionId) {
        deployment.sendQuery(query, SLOT, linkId, sessionId);
    }

    private ReleaseCause awaitRelease(Topic topic, QueryRequest query) {
        Outcome outcome = OutcomeCodec.decode(
                        ByteBuffer.wrap(awaitRecord(topic, query.queryId()).value()))
                .outcome();
        return ((Outcome.Released) outcome).cause();
    }
}
