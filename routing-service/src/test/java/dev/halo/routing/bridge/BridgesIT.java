package dev.halo.routing.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.messaging.SlotBeacon.LossCause;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.Frame.RefusalCause;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.Timing;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import dev.halo.protocol.session.SlotRecord;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.topic.Topic;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bridges that come, go, and take each other's place. */
class BridgesIT {

    private static final int REPLY_SLOT = 2;

    private static Vertx vertx;

    private final UUID linkId = UUID.randomUUID();
    private final UUID siteId = UUID.randomUUID();
    private final UUID integratorId = UUID.randomUUID();
    private TestDeployment deployment;
    private RunningBridge first;
    private RunningBridge second;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        vertx.close();
    }

    @BeforeEach
    void deploy() {
        deployment = new TestDeployment(EmbeddedKafka.shared().bootstrapServers());
        deployment.publishSite(siteId, linkId, LinkStatus.ACTIVE);
        deployment.publishAuthority(siteId, linkId);
    }

    @AfterEach
    void close() {
        if (first != null) {
            first.close();
        }
        if (second != null) {
            second.close();
        }
        deployment.close();
    }

    private FakeLink connect(RunningBridge bridge) throws Exception {
        FakeLink link = FakeLink.connect(vertx, bridge.port(), deployment.token(linkId));
        link.hello();
        return link;
    }

    private static void giveCredit(FakeLink link, UUID siteId, int credit) throws Exception {
        link.say(new Frame.Credit(siteId, credit));
        link.say(new Frame.Ping(99));
        link.await(Frame.Pong.class);
    }

    private QueryRequest query() {
        return deployment.query(siteId, integratorId, REPLY_SLOT);
    }

    private List<SessionRecord> sessionRecords() {
        return deployment.about(Topic.SESSIONS, linkId).stream()
                .map(record -> Json.read(record.value(), SessionRecord.class))
                .toList();
    }

    private SessionRecord lastSessionRecord() {
        List<SessionRecord> records = sessionRecords();
        return records.get(records.size() - 1);
    }

    private void awaitClosed(CloseCause cause) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> lastSessionRecord() instanceof SessionRecord.Closed closed && closed.cause() == cause);
    }

    private Outcome awaitOutcome(QueryRequest query) {
        ConsumerRecord<String, byte[]> record = await().atMost(Duration.ofSeconds(20))
                .until(() -> deployment.about(Topic.REPLIES, query.queryId()), records -> !records.isEmpty())
                .get(0);
        return OutcomeCodec.decode(ByteBuffer.wrap(record.value())).outcome();
    }

    @Test
    void aLinkThatComesToAnotherBridgeIsThereAloneAndItsOldOutcomesPass() throws Exception {
        // Given
        first = RunningBridge.start(vertx, deployment, 0);
        second = RunningBridge.start(vertx, deployment, 1);
        try (FakeLink old = connect(first)) {
            UUID oldSession = old.await(Frame.Welcome.class).sessionId();
            giveCredit(old, siteId, 1);
            QueryRequest query = query();
            deployment.sendQuery(query, 0, linkId, oldSession);
            old.await(Frame.Query.class);

            // When
            try (FakeLink now = connect(second)) {
                UUID newSession = now.await(Frame.Welcome.class).sessionId();

                // Then
                assertThat(old.await(Frame.Refused.class).cause()).isEqualTo(RefusalCause.SUPERSEDED);
                await().until(old::isClosed);
                assertThat(lastSessionRecord().sessionId()).isEqualTo(newSession);
                Outcome outcome = new Outcome.Affected(1, List.of(), Timing.NONE);
                now.say(
                        new Frame.Ended(query.queryId(), siteId, integratorId, REPLY_SLOT),
                        OutcomeCodec.encode(outcome));
                now.await(Frame.EndedAck.class);
                assertThat(awaitOutcome(query)).isEqualTo(outcome);
                QueryRequest late = query();
                deployment.sendQuery(late, 0, linkId, oldSession);
                assertThat(awaitOutcome(late)).isEqualTo(new Outcome.Released(ReleaseCause.NO_SUCH_SESSION));
            }
        }
    }

    @Test
    void aBridgeNeverReadsWhatWasSentBeforeItsStart() throws Exception {
        // Given
        QueryRequest old = query();
        deployment.sendQuery(old, 0, linkId, UUID.randomUUID());

        // When
        first = RunningBridge.start(vertx, deployment, 0);

        // Then
        QueryRequest fresh = query();
        deployment.sendQuery(fresh, 0, linkId, UUID.randomUUID());
        assertThat(awaitOutcome(fresh)).isEqualTo(new Outcome.Released(ReleaseCause.NO_SUCH_SESSION));
        assertThat(deployment.about(Topic.REPLIES, old.queryId())).isEmpty();
    }

    @Test
    void aSilentSocketIsClosedThoughItsPeerAnswersNothing() throws Exception {
        // Given
        first = RunningBridge.start(vertx, deployment, 0, "session.silence", "1s");
        try (FakeLink link = connect(first)) {
            link.await(Frame.Welcome.class);

            // When
            link.freeze();

            // Then
            awaitClosed(CloseCause.LOST);
            await().atMost(Duration.ofSeconds(20)).until(() -> first.bridge().sockets() == 0);
        }
    }

    @Test
    void aLinkThatPingsStays() throws Exception {
        // Given
        first = RunningBridge.start(vertx, deployment, 0, "session.silence", "1s");
        try (FakeLink link = connect(first)) {
            link.await(Frame.Welcome.class);
            long timer = vertx.setPeriodic(200, tick -> link.say(new Frame.Ping(tick)));

            // When
            await().during(Duration.ofSeconds(3)).until(() -> !link.isClosed());

            // Then
            vertx.cancelTimer(timer);
            assertThat(first.bridge().sessions().orElseThrow().size()).isEqualTo(1);
        }
    }

    @Test
    void aSocketWithoutHelloIsClosed() throws Exception {
        // Given
        first = RunningBridge.start(vertx, deployment, 0, "session.hello-timeout", "500ms");

        // When
        try (FakeLink link = FakeLink.connect(vertx, first.port(), deployment.token(linkId))) {

            // Then
            await().until(link::isClosed);
            assertThat(deployment.about(Topic.SESSIONS, linkId)).isEmpty();
        }
    }

    @Test
    void noMoreSocketsAreTakenThanConfigured() throws Exception {
        // Given
        first = RunningBridge.start(vertx, deployment, 0, "session.max", "1");
        try (FakeLink only = connect(first)) {
            only.await(Frame.Welcome.class);

            // When
            assertThatThrownBy(() -> connect(first))
                    // Then
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("503");
        }
        await().until(() -> first.bridge().sockets() == 0);
        try (FakeLink next = connect(first)) {
            next.await(Frame.Welcome.class);
        }
    }

    @Test
    void aSocketThatTakesNoMoreGetsNoQueriesAndIsClosed() throws Exception {
        // Given
        first = RunningBridge.start(vertx, deployment, 0, "session.max-write-queue", "64K", "session.congestion", "2s");
        try (FakeLink link = connect(first)) {
            UUID sessionId = link.await(Frame.Welcome.class).sessionId();
            giveCredit(link, siteId, 1_000);
            link.freeze();
            QueryRequest small = query();

            // When
            for (int i = 0; i < 400 && first.bridge().sessions().orElseThrow().size() > 0; i++) {
                QueryRequest large = new QueryRequest(
                        UUID.randomUUID(),
                        siteId,
                        integratorId,
                        small.mode(),
                        new dev.halo.protocol.query.Command("x".repeat(250 * 1024), null, null, null),
                        null,
                        30_000,
                        REPLY_SLOT,
                        small.createdAt());
                deployment.sendQuery(large, 0, linkId, sessionId);
            }

            // Then
            awaitClosed(CloseCause.LOST);
            assertThat(first.hasReleased(ReleaseCause.NOT_SENT)).isTrue();
            await().until(() -> !deployment.read(Topic.REPLIES).isEmpty());
        }
    }

    @Test
    void aDrainEndsInOrder() throws Exception {
        // Given
        first = RunningBridge.start(vertx, deployment, 0);
        try (FakeLink link = connect(first)) {
            UUID sessionId = link.await(Frame.Welcome.class).sessionId();
            giveCredit(link, siteId, 5);
            QueryRequest running = query();
            deployment.sendQuery(running, 0, linkId, sessionId);
            link.await(Frame.Query.class);

            // When
            CompletableFuture<Void> drained = first.bridge().drain().toCompletableFuture();

            // Then
            assertThat(first.bridge().isReady()).isFalse();
            assertThat(link.await(Frame.Drain.class).reconnectAfterMillis()).isBetween(0L, 500L);
            QueryRequest refused = query();
            deployment.sendQuery(refused, 0, linkId, sessionId);
            assertThat(awaitOutcome(refused)).isEqualTo(new Outcome.Released(ReleaseCause.DRAINING));
            assertThatThrownBy(() -> connect(first)).hasMessageContaining("503");
            assertThat(link.isClosed()).isFalse();
            link.say(
                    new Frame.Ended(running.queryId(), siteId, integratorId, REPLY_SLOT),
                    OutcomeCodec.encode(new Outcome.Affected(1, List.of(), Timing.NONE)));
            link.await(Frame.EndedAck.class);
            drained.get(20, TimeUnit.SECONDS);
            awaitClosed(CloseCause.DRAINED);
            await().until(link::isClosed);
            assertThat(slotState()).isEqualTo(SlotRecord.State.DRAINING);
        }
        first.close();
        assertThat(slotState()).isEqualTo(SlotRecord.State.STOPPED);
    }

    @Test
    void aDrainDoesNotWaitForEverForWhatRuns() throws Exception {
        // Given
        first = RunningBridge.start(vertx, deployment, 0, "drain.unfinished", "1s");
        try (FakeLink link = connect(first)) {
            UUID sessionId = link.await(Frame.Welcome.class).sessionId();
            giveCredit(link, siteId, 1);
            deployment.sendQuery(query(), 0, linkId, sessionId);
            link.await(Frame.Query.class);

            // When
            CompletableFuture<Void> drained = first.bridge().drain().toCompletableFuture();

            // Then
            drained.get(20, TimeUnit.SECONDS);
            awaitClosed(CloseCause.DRAINED);
        }
    }

    @Test
    void aNewerInstanceTakesTheSlotAndTheOlderStops() throws Exception {
        // Given
        first = RunningBridge.start(vertx, deployment, 0);
        try (FakeLink old = connect(first)) {
            UUID oldSession = old.await(Frame.Welcome.class).sessionId();

            // When
            second = RunningBridge.start(vertx, deployment, 0);

            // Then
            await().atMost(Duration.ofSeconds(20)).until(() -> first.lost() == LossCause.NEWER_INCARNATION);
            await().until(old::isClosed);
            assertThat(first.bridge().isReady()).isFalse();
            assertThat(second.bridge().isReady()).isTrue();
            assertThat(sessionRecords()).hasSize(1);
            try (FakeLink now = connect(second)) {
                UUID session = now.await(Frame.Welcome.class).sessionId();
                giveCredit(now, siteId, 1);
                QueryRequest stale = query();
                QueryRequest query = query();
                deployment.sendQuery(stale, 0, linkId, oldSession);
                deployment.sendQuery(query, 0, linkId, session);
                assertThat(now.await(Frame.Query.class).request().queryId()).isEqualTo(query.queryId());
                assertThat(awaitOutcome(stale)).isEqualTo(new Outcome.Released(ReleaseCause.NO_SUCH_SESSION));
                assertThat(deployment.about(Topic.REPLIES, query.queryId())).isEmpty();
            }
        }
    }

    private SlotRecord.State slotState() {
        List<ConsumerRecord<String, byte[]>> beats = deployment.read(Topic.SLOT_BEATS);
        return Json.read(beats.get(beats.size() - 1).value(), SlotRecord.class).state();
    }
}
