package dev.halo.routing.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.messaging.SlotBeacon.LossCause;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.Timing;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.topic.Topic;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Kafka of its own that goes away. */
class KafkaOutageIT {

    private static final int REPLY_SLOT = 2;

    private final UUID linkId = UUID.randomUUID();
    private final UUID siteId = UUID.randomUUID();
    private final UUID integratorId = UUID.randomUUID();

    @TempDir
    Path directory;

    private Vertx vertx;
    private EmbeddedKafka kafka;
    private TestDeployment deployment;
    private RunningBridge bridge;

    @BeforeEach
    void start() throws Exception {
        vertx = Vertx.vertx();
        kafka = EmbeddedKafka.start(directory, 0);
        deployment = new TestDeployment(kafka.bootstrapServers());
        deployment.publishSite(siteId, linkId, LinkStatus.ACTIVE);
        bridge = RunningBridge.start(vertx, deployment, 0);
    }

    @AfterEach
    void stop() {
        bridge.close();
        deployment.close();
        kafka.close();
        vertx.close();
    }

    @Test
    void aShortOutageCostsNeitherSessionsNorOutcomes() throws Exception {
        // Given
        try (FakeLink link = FakeLink.open(vertx, bridge.port(), deployment.token(linkId))) {
            link.say(new Frame.Credit(siteId, 10));
            UUID unasked = UUID.randomUUID();

            // When
            kafka.stop();
            link.say(
                    new Frame.Ended(unasked, siteId, integratorId, REPLY_SLOT),
                    OutcomeCodec.encode(new Outcome.Affected(1, List.of(), Timing.NONE)));
            link.say(new Frame.Ping(5));
            link.await(Frame.Pong.class);
            kafka.start();

            // Then
            assertThat(link.await(Frame.EndedAck.class).queryId()).isEqualTo(unasked);
            assertThat(deployment.about(Topic.REPLIES, unasked)).hasSize(1);
            await().atMost(Duration.ofSeconds(20)).until(() -> bridge.bridge().isReady());
            assertThat(link.isClosed()).isFalse();
            UUID sessionId = bridge.sessionOf(linkId);
            QueryRequest query = deployment.query(siteId, integratorId, REPLY_SLOT);
            deployment.sendQuery(query, 0, linkId, sessionId);
            assertThat(link.await(Frame.Query.class).request().queryId()).isEqualTo(query.queryId());
        }
    }

    @Test
    void aLongOutageEndsTheInstance() throws Exception {
        // Given
        try (FakeLink link = FakeLink.open(vertx, bridge.port(), deployment.token(linkId))) {

            // When
            kafka.stop();

            // Then
            await().atMost(Duration.ofSeconds(60)).until(() -> bridge.lost() == LossCause.KAFKA_UNREACHABLE);
            await().until(link::isClosed);
            assertThat(bridge.bridge().isReady()).isFalse();
        }
    }
}
