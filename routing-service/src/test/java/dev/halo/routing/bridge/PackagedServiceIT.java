package dev.halo.routing.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.Timing;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.topic.Topic;
import dev.halo.routing.service.BridgeService;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as it is deployed: a process with its health, its metrics and its end. */
class PackagedServiceIT {

    private static final int SIGTERM = 143;

    private final UUID linkId = UUID.randomUUID();
    private final UUID siteId = UUID.randomUUID();

    @TempDir
    Path directory;

    private Vertx vertx;
    private TestDeployment deployment;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        deployment = new TestDeployment(EmbeddedKafka.shared().bootstrapServers());
        deployment.publishSite(siteId, linkId, LinkStatus.ACTIVE);
    }

    @AfterEach
    void stop() {
        deployment.close();
        vertx.close();
    }

    private CloseCause lastCloseCause() {
        List<ConsumerRecord<String, byte[]>> records = deployment.about(Topic.SESSIONS, linkId);
        SessionRecord last = Json.read(records.get(records.size() - 1).value(), SessionRecord.class);
        return last instanceof SessionRecord.Closed closed ? closed.cause() : null;
    }

    @Test
    void aTerminatedServiceDrainsBeforeItEnds() throws Exception {
        // Given
        try (PackagedService service = PackagedService.start(deployment, 0, directory.resolve("log"))
                        .awaitReady();
                FakeLink link = FakeLink.open(vertx, service.port(), deployment.token(linkId))) {
            String metrics = service.send("GET", "/q/metrics").body();
            assertThat(metrics).contains("halo_bridge_sessions{", "state=\"open\"");
            assertThat(service.status("GET", "/q/health/live")).isEqualTo(200);

            QueryRequest running = deployment.query(siteId, UUID.randomUUID(), 1);
            link.say(new Frame.Credit(siteId, 1));
            link.say(new Frame.Ping(1));
            link.await(Frame.Pong.class);
            deployment.sendQuery(running, 0, linkId, link.sessionId(), 60_000L);
            link.await(Frame.Query.class);

            // When
            service.terminate();

            // Then
            assertThat(link.await(Frame.Drain.class).reconnectAfterMillis()).isBetween(0L, 2_000L);
            assertThat(service.status("GET", "/q/health/ready"))
                    .as(service::log)
                    .isEqualTo(503);
            link.say(
                    new Frame.Ended(running.queryId(), siteId, running.integratorId(), 1),
                    OutcomeCodec.encode(new Outcome.Affected(1, List.of(), Timing.NONE)));
            link.await(Frame.EndedAck.class);
            assertThat(service.awaitExit()).isIn(0, SIGTERM);
            assertThat(link.isClosed()).isTrue();
            assertThat(lastCloseCause()).isEqualTo(CloseCause.DRAINED);
            assertThat(service.log()).contains("event=drainEnded").doesNotContain(deployment.token(linkId));
        }
    }

    @Test
    void aDrainCanBeAskedForBeforeTheEnd() throws Exception {
        // Given
        try (PackagedService service = PackagedService.start(deployment, 0, directory.resolve("log"))
                        .awaitReady();
                FakeLink link = FakeLink.open(vertx, service.port(), deployment.token(linkId))) {

            // When
            int status = service.status("POST", "/management/drain");

            // Then
            assertThat(status).isEqualTo(202);
            link.await(Frame.Drain.class);
            assertThat(service.status("GET", "/q/health/ready")).isEqualTo(503);
            await().atMost(Duration.ofSeconds(20)).until(link::isClosed);
            assertThat(service.isAlive()).isTrue();
        }
    }

    @Test
    void aServiceWhoseSlotIsTakenEnds() throws Exception {
        // Given
        try (PackagedService service = PackagedService.start(deployment, 0, directory.resolve("log"))
                        .awaitReady();
                FakeLink link = FakeLink.open(vertx, service.port(), deployment.token(linkId))) {

            // When
            try (RunningBridge newer = RunningBridge.start(vertx, deployment, 0)) {

                // Then
                assertThat(service.awaitExit()).isEqualTo(BridgeService.EXIT_SLOT_LOST);
                assertThat(link.isClosed()).isTrue();
                assertThat(newer.bridge().isReady()).isTrue();
            }
        }
    }
}
