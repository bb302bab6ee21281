package dev.halo.routing.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.Produced;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.query.RegisteredRun;
import dev.halo.protocol.query.Timing;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.topic.Topic;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Async and registered queries through one bridge: real Kafka, and a Link that is played. */
class BackgroundQueriesIT {

    private static final int SLOT = 5;
    private static final int REPLY_SLOT = 9;
    private static final Duration LONG = Duration.ofSeconds(30);

    private static Vertx vertx;
    private static TestDeployment deployment;
    private static RunningBridge bridge;

    private final UUID linkId = UUID.randomUUID();
    private final UUID siteId = UUID.randomUUID();
    private final UUID integratorId = UUID.randomUUID();
    private FakeLink link;

    @BeforeAll
    static void start() throws Exception {
        vertx = Vertx.vertx();
        deployment = new TestDeployment(EmbeddedKafka.shared().bootstrapServers());
        bridge = RunningBridge.start(vertx, deployment, SLOT);
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
        deployment.publishAuthority(siteId, linkId);
    }

    @AfterEach
    void closeLink() {
        link.close();
    }

    /** A session with credit. */
    private UUID open(int credit) throws Exception {
        link = FakeLink.open(vertx, bridge.port(), deployment.token(linkId));
        link.say(new Frame.Credit(siteId, credit));
        link.say(new Frame.Ping(1));
        link.await(Frame.Pong.class);
        return link.sessionId();
    }

    private QueryRequest query() {
        return deployment.query(siteId, integratorId, REPLY_SLOT);
    }

    private void send(QueryRequest query, UUID sessionId) {
        deployment.sendQuery(query, SLOT, linkId, sessionId);
    }

    private ReleaseCause awaitRelease(QueryRequest query) {
        List<ConsumerRecord<String, byte[]>> records = await().atMost(LONG)
                .until(() -> deployment.about(Topic.RESULTS, query.queryId()), found -> !found.isEmpty());
        Outcome outcome =
                OutcomeCodec.decode(ByteBuffer.wrap(records.get(0).value())).outcome();
        return ((Outcome.Released) outcome).cause();
    }

    @Test
    void immediatesPassWhereAsyncsUseUpTheirCredit() throws Exception {
        // Given
        UUID sessionId = open(1);
        send(deployment.query(siteId, integratorId, QueryRequest.NO_REPLY_SLOT), sessionId);
        link.await(Frame.Query.class);
        QueryRequest tooMany = deployment.query(siteId, integratorId, QueryRequest.NO_REPLY_SLOT);
        QueryRequest immediate = query();

        // When
        send(tooMany, sessionId);
        send(immediate, sessionId);

        // Then
        assertThat(awaitRelease(tooMany)).isEqualTo(ReleaseCause.NO_CREDIT);
        assertThat(link.await(Frame.Query.class).request().queryId()).isEqualTo(immediate.queryId());
    }

    @Test
    void aRegisteredQueryGoesToTheLinkAndItsRunsBack() throws Exception {
        // Given
        UUID sessionId = open(0);
        RegisteredRequest registered = deployment.registered(siteId, integratorId);
        deployment.sendRegister(registered, SLOT, linkId, sessionId);

        // When
        RegisteredRequest forwarded = link.await(Frame.Register.class).request();
        RegisteredRun run = new RegisteredRun(
                UUID.randomUUID(),
                registered.queryId(),
                1,
                "hash",
                true,
                new Outcome.Rows(1, 9, Outcome.Storage.STORED, List.of(), Timing.NONE));
        link.say(new Frame.Queued(registered.queryId(), siteId));
        link.say(new Frame.Ran(siteId, integratorId, run));

        // Then
        assertThat(forwarded.command()).isEqualTo(registered.command());
        assertThat(forwarded.remainingMillis()).isBetween(0L, registered.remainingMillis());
        assertThat(link.await(Frame.EndedAck.class).queryId()).isEqualTo(run.runId());
        List<ConsumerRecord<String, byte[]>> records = deployment.about(Topic.RESULTS, registered.queryId());
        assertThat(records.stream().map(record -> TestDeployment.headers(record).type()))
                .containsExactly(MessageType.QUEUED, MessageType.RUN);
        assertThat(Json.read(records.get(1).value(), RegisteredRun.class)).isEqualTo(run);
        assertThat(TestDeployment.headers(records.get(1)).integratorId()).isEqualTo(integratorId);
        assertThat(TestDeployment.headers(records.get(1)).queryId()).isEqualTo(registered.queryId());
    }

    @Test
    void aRegisteredQueryOfAnotherSessionOrSiteIsNotForwarded() throws Exception {
        // Given
        UUID sessionId = open(1);
        UUID foreign = UUID.randomUUID();
        deployment.publishSite(foreign, UUID.randomUUID(), LinkStatus.ACTIVE);

        // When
        deployment.sendRegister(deployment.registered(siteId, integratorId), SLOT, linkId, UUID.randomUUID());
        deployment.sendRegister(deployment.registered(foreign, integratorId), SLOT, linkId, sessionId);
        QueryRequest later = query();
        send(later, sessionId);

        // Then
        link.await(Frame.Query.class);
        await().atMost(LONG).until(() -> bridge.count("halo.bridge.dropped", "reason", "REGISTER_NOT_DELIVERED") == 2);
        assertThat(link.has(Frame.Register.class)).isFalse();
    }

    @Test
    void aRunOfAForeignSiteIsDropped() throws Exception {
        // Given
        open(0);
        UUID registeredId = UUID.randomUUID();
        Outcome outcome = new Outcome.Affected(1, List.of(), Timing.NONE);
        RegisteredRun run = new RegisteredRun(UUID.randomUUID(), registeredId, 1, null, false, outcome);

        // When
        link.say(new Frame.Ran(UUID.randomUUID(), integratorId, run));
        link.say(new Frame.Ping(7));

        // Then
        link.await(Frame.Pong.class);
        assertThat(deployment.about(Topic.RESULTS, registeredId)).isEmpty();
        assertThat(link.has(Frame.EndedAck.class)).isFalse();
    }

    @Test
    void anAsyncIsReportedStepByStepOnTheResults() throws Exception {
        // Given
        UUID sessionId = open(1);
        QueryRequest query = deployment.query(siteId, integratorId, QueryRequest.NO_REPLY_SLOT);
        send(query, sessionId);
        link.await(Frame.Query.class);

        // When
        link.say(new Frame.Queued(query.queryId(), siteId));
        link.say(new Frame.Executing(query.queryId(), siteId));
        link.say(new Frame.Uploading(query.queryId(), siteId, new Produced(7, 70, 2, Timing.NONE)));
        link.say(
                new Frame.Ended(query.queryId(), siteId, integratorId, QueryRequest.NO_REPLY_SLOT),
                OutcomeCodec.encode(new Outcome.Affected(1, List.of(), Timing.NONE)));

        // Then
        link.await(Frame.EndedAck.class);
        List<ConsumerRecord<String, byte[]>> records = deployment.about(Topic.RESULTS, query.queryId());
        assertThat(records.stream().map(record -> TestDeployment.headers(record).type()))
                .containsExactly(MessageType.QUEUED, MessageType.EXECUTING, MessageType.UPLOADING, MessageType.OUTCOME);
        assertThat(records).allSatisfy(record -> {
            assertThat(TestDeployment.headers(record).linkId()).isEqualTo(linkId);
            assertThat(TestDeployment.headers(record).sessionId()).isEqualTo(sessionId);
            assertThat(TestDeployment.headers(record).integratorId()).isEqualTo(integratorId);
        });
        assertThat(Json.read(records.get(2).value(), Produced.class)).isEqualTo(new Produced(7, 70, 2, Timing.NONE));
    }
}
