package dev.halo.routing.bridge;

import static org.awaitility.Awaitility.await;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.topic.Topic;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** One bridge, real Kafka, and a Link that is played. */
abstract class BridgeFixture {

    static final int SLOT = 4;
    static final int REPLY_SLOT = 9;

    static Vertx vertx;
    static TestDeployment deployment;
    static RunningBridge bridge;

    final UUID linkId = UUID.randomUUID();
    final UUID siteId = UUID.randomUUID();
    final UUID integratorId = UUID.randomUUID();
    AuthorityRecord authority;
    FakeLink link;

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
    UUID open(int credit) throws Exception {
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

    ConsumerRecord<String, byte[]> awaitRecord(Topic topic, UUID key) {
        return await().atMost(Duration.ofSeconds(20))
                .until(() -> deployment.about(topic, key), records -> !records.isEmpty())
                .get(0);
    }

    SessionRecord lastSessionRecord() {
        List<ConsumerRecord<String, byte[]>> records = deployment.about(Topic.SESSIONS, linkId);
        return Json.read(records.get(records.size() - 1).value(), SessionRecord.class);
    }
}
