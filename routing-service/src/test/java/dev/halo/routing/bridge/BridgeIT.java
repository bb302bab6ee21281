package dev.halo.routing.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.Frame.RefusalCause;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.Timing;
import dev.halo.protocol.session.AuthorityConfirmation;
import dev.halo.protocol.session.SessionOpened;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.topic.Topic;
import io.vertx.core.Vertx;
import io.vertx.core.http.UpgradeRejectedException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One bridge, real Kafka, and a Link that is played. */
class BridgeIT {

    private static final int SLOT = 4;
    private static final int REPLY_SLOT = 9;

    private static Vertx vertx;
    private static TestDeployment deployment;
    private static RunningBridge bridge;

    private final UUID linkId = UUID.randomUUID();
    private final UUID siteId = UUID.randomUUID();
    private final UUID integratorId = UUID.randomUUID();
    private AuthorityRecord authority;
    private FakeLink link;

    @BeforeAll
    static void start() throws Exception {
        vertx = Vertx.vertx();
        deployment = new TestDeployment(EmbeddedKafka.shared().bootstrapServers());
        bridge = RunningBridge.start(vertx, deployment, SLOT, "unauthorised.limit", "5");
    }

    @AfterAll
    static void stop() {
        bridge.close();
        deployment.close();
        vertx.close();
    }

    @BeforeEach
    void publish() {
        deployment.publishSite(siteId, linkId, LinkStatus.ACTIVE);
        authority = deployment.publishAuthority(siteId, linkId);
    }

    @AfterEach
    void closeLink() {
        if (link != null) {
            link.close();
        }
    }

    /** A session with credit. */
    private UUID open(int credit) throws Exception {
        link = FakeLink.connect(vertx, bridge.port(), deployment.token(linkId));
        link.hello();
        UUID sessionId = link.await(Frame.Welcome.class).sessionId();
        if (credit > 0) {
            link.say(new Frame.Credit(siteId, credit));
            link.say(new Frame.Ping(1));
            link.await(Frame.Pong.class);
        }
        return sessionId;
    }

    private QueryRequest query() {
        return deployment.query(siteId, integratorId, REPLY_SLOT);
    }

    private void send(QueryRequest query, UUID sessionId) {
        deployment.sendQuery(query, SLOT, linkId, sessionId);
    }

    private ConsumerRecord<String, byte[]> awaitRecord(Topic topic, UUID key) {
        return await().atMost(Duration.ofSeconds(20))
                .until(() -> deployment.about(topic, key), records -> !records.isEmpty())
                .get(0);
    }

    private ReleaseCause awaitRelease(Topic topic, QueryRequest query) {
        Outcome outcome = OutcomeCodec.decode(
                        ByteBuffer.wrap(awaitRecord(topic, query.queryId()).value()))
                .outcome();
        return ((Outcome.Released) outcome).cause();
    }

    private SessionRecord lastSessionRecord() {
        List<ConsumerRecord<String, byte[]>> records = deployment.about(Topic.SESSIONS, linkId);
        return Json.read(records.get(records.size() - 1).value(), SessionRecord.class);
    }

    private CloseCause awaitClosed() {
        await().atMost(Duration.ofSeconds(20)).until(() -> lastSessionRecord() instanceof SessionRecord.Closed);
        return ((SessionRecord.Closed) lastSessionRecord()).cause();
    }

    @Test
    void aSessionIsInTheLogBeforeTheLinkIsWelcomedWithItsSites() throws Exception {
        // Given
        link = FakeLink.connect(vertx, bridge.port(), deployment.token(linkId));

        // When
        link.hello();

        // Then
        Frame.Welcome welcome = link.await(Frame.Welcome.class);
        SessionRecord.Open open = (SessionRecord.Open) lastSessionRecord();
        assertThat(open.sessionId()).isEqualTo(welcome.sessionId());
        assertThat(open.slot()).isEqualTo(SLOT);
        assertThat(welcome.sites()).containsExactly(new Frame.SiteAuthority(siteId, true, true, authority.version()));
        SessionOpened event = Json.read(awaitRecord(Topic.RESULTS, linkId).value(), SessionOpened.class);
        assertThat(event.sessionId()).isEqualTo(welcome.sessionId());
    }

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
    void theLinkIsToldWhenItIsNoLongerAuthoritative() throws Exception {
        // Given
        open(0);

        // When
        AuthorityRecord switched = deployment.publishAuthority(siteId, UUID.randomUUID());

        // Then
        Frame.Authority told = link.await(Frame.Authority.class);
        assertThat(told.sites()).containsExactly(new Frame.SiteAuthority(siteId, true, false, switched.version()));
        assertThat(confirmations()).isEmpty();
        link.say(new Frame.AuthorityConfirmed(told.number()));
        await().until(() -> !confirmations().isEmpty());
        assertThat(confirmations().get(0).versions()).containsExactly(Map.entry(switched.key(), switched.version()));
    }

    private List<AuthorityConfirmation> confirmations() {
        return deployment.read(Topic.SESSIONS).stream()
                .filter(record -> AuthorityConfirmation.keyOf(linkId).equals(record.key()))
                .map(record -> Json.read(record.value(), AuthorityConfirmation.class))
                .toList();
    }

    @Test
    void aSiteAnnouncedDuringTheSessionIsTold() throws Exception {
        // Given
        open(0);
        UUID second = UUID.randomUUID();

        // When
        deployment.publishSite(second, linkId, LinkStatus.ACTIVE);

        // Then
        assertThat(link.await(Frame.Authority.class).sites()).contains(new Frame.SiteAuthority(second, true, false));
    }

    @Test
    void aLinkThatIsRemovedLosesItsSession() throws Exception {
        // Given
        open(0);

        // When
        deployment.publishSite(siteId, linkId, LinkStatus.REMOVED);

        // Then
        assertThat(link.await(Frame.Refused.class).cause()).isEqualTo(RefusalCause.LINK_REMOVED);
        assertThat(awaitClosed()).isEqualTo(CloseCause.REVOKED);
        await().until(link::isClosed);
    }

    @Test
    void theLaterOfTwoSessionsOfALinkWins() throws Exception {
        // Given
        open(0);

        // When
        UUID later;
        try (FakeLink second = FakeLink.connect(vertx, bridge.port(), deployment.token(linkId))) {
            second.hello();
            later = second.await(Frame.Welcome.class).sessionId();

            // Then
            Frame.Refused refused = link.await(Frame.Refused.class);
            assertThat(refused.cause()).isEqualTo(RefusalCause.SUPERSEDED);
            assertThat(refused.retryAfterMillis()).isGreaterThanOrEqualTo(60_000);
            await().until(link::isClosed);
            assertThat(lastSessionRecord().sessionId()).isEqualTo(later);
            assertThat(second.isClosed()).isFalse();
        }
    }

    @Test
    void anOrderlyStopIsOfflineAndABrokenSocketIsLost() throws Exception {
        // Given
        open(0);

        // When
        link.say(new Frame.Goodbye());

        // Then
        assertThat(awaitClosed()).isEqualTo(CloseCause.CLOSED);
        link.close();
        open(0);
        link.close();
        assertThat(awaitClosed()).isEqualTo(CloseCause.LOST);
    }

    @Test
    void aForeignEndBehindTheSessionsRecordIsOverwritten() throws Exception {
        // Given
        UUID sessionId = open(0);
        SessionRecord.Closed stranger =
                new SessionRecord.Closed(linkId, UUID.randomUUID(), CloseCause.LOST, java.time.Instant.now());

        // When
        deployment.send(
                Topic.SESSIONS, null, linkId.toString(), MessageHeaders.of(MessageType.SESSION), Json.bytes(stranger));

        // Then
        await().atMost(Duration.ofSeconds(10)).until(() -> lastSessionRecord() instanceof SessionRecord.Open);
        assertThat(lastSessionRecord().sessionId()).isEqualTo(sessionId);
    }

    @Test
    void whatIsNoFrameEndsTheSession() throws Exception {
        // Given
        open(0);

        // When
        link.sayText("hello");

        // Then
        assertThat(awaitClosed()).isEqualTo(CloseCause.PROTOCOL_ERROR);
        link.close();
        open(0);
        link.sayBytes(new byte[] {1, 0, 0, 0, 9, 1});
        assertThat(awaitClosed()).isEqualTo(CloseCause.PROTOCOL_ERROR);
        link.close();
        open(0);
        link.sayBytes(new byte[3 * 1024 * 1024]);
        assertThat(awaitClosed()).isEqualTo(CloseCause.PROTOCOL_ERROR);
    }

    @Test
    void withoutAValidTokenThereIsNoSocket() throws Exception {
        // When
        HttpResponse<String> none = upgrade(null);
        HttpResponse<String> expired = upgrade(deployment.expiredToken(linkId));
        HttpResponse<String> foreign = upgrade(deployment.foreignToken(linkId));
        HttpResponse<String> production = upgrade(deployment.productionToken(linkId));
        HttpResponse<String> garbage = upgrade("garbage");
        HttpResponse<String> tooMany = upgrade("garbage");

        // Then
        assertThat(List.of(none, expired, foreign, production, garbage))
                .allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(401));
        assertThat(none.body()).contains("no bearer token");
        assertThat(expired.body()).contains("has expired");
        assertThat(foreign.body()).contains("not valid");
        assertThat(production.body()).contains("the token is for production, this is stage");
        assertThat(tooMany.statusCode()).isEqualTo(429);
        assertThat(tooMany.headers().firstValue("Retry-After")).isPresent();
        open(0);
        assertThatThrownBy(() -> FakeLink.connect(vertx, bridge.port(), null))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(UpgradeRejectedException.class);
    }

    @Test
    void aValidTokenWithoutAnUpgradeIsToldSo() throws Exception {
        // When
        HttpResponse<String> answer = upgrade(deployment.token(linkId));

        // Then
        assertThat(answer.statusCode()).isEqualTo(426);
    }

    private static HttpResponse<String> upgrade(String token) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bridge.port() + LinkApi.SESSION));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
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
}
