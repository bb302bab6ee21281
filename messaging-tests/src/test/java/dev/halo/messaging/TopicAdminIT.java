package dev.halo.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.embedded.Ports;
import dev.halo.protocol.topic.Topic;
import dev.halo.test.Background;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopicAdminIT {

    private TestKafka kafka;
    private Admin admin;

    @BeforeEach
    void connect() {
        kafka = TestKafka.withoutTopics();
        admin = KafkaClients.admin(kafka.settings(), "test");
    }

    @AfterEach
    void disconnect() {
        admin.close();
        kafka.close();
    }

    @Test
    void missingTopicsAreCreatedAsDeclared() throws Exception {
        // When the topics are ensured
        TopicAdmin.ensure(kafka.settings());

        // Then each has its partitions, and its settings are those of the broker
        for (Topic topic : Topic.values()) {
            assertThat(admin.describeTopics(List.of(kafka.name(topic)))
                            .allTopicNames()
                            .get(15, TimeUnit.SECONDS)
                            .get(kafka.name(topic))
                            .partitions())
                    .hasSize(topic.partitions());
            Config config = config(topic);
            assertThat(topic.settings())
                    .allSatisfy(
                            (key, value) -> assertThat(config.get(key).value()).isEqualTo(value));
        }
        assertThat(config(Topic.QUERIES).get("retention.ms").value()).isEqualTo("900000");
        assertThat(config(Topic.REPLIES).get("segment.ms").value()).isEqualTo("600000");
        assertThat(config(Topic.SESSIONS).get("cleanup.policy").value()).isEqualTo("compact");
    }

    @Test
    void existingTopicsPass() {
        TopicAdmin.ensure(kafka.settings());

        assertThatCode(() -> TopicAdmin.ensure(kafka.settings())).doesNotThrowAnyException();
    }

    @Test
    void servicesThatStartTogetherDoNotDisturbEachOther() {
        // When four services ensure the topics at the same time
        List<CompletableFuture<Void>> services = Stream.generate(
                        () -> Background.run(() -> TopicAdmin.ensure(kafka.settings())))
                .limit(4)
                .toList();

        // Then all of them go on
        assertThat(services).allSatisfy(service -> assertThatCode(service::join).doesNotThrowAnyException());
    }

    @Test
    void eachDifferenceIsNamed() throws Exception {
        // Given topics of another hand
        create(new NewTopic(kafka.name(Topic.QUERIES), 3, (short) 1)
                .configs(Map.of("cleanup.policy", "delete", "retention.ms", "604800000")));
        create(new NewTopic(kafka.name(Topic.SLOT_BEATS), 1, (short) 1).configs(Map.of("cleanup.policy", "delete")));

        // When they are checked, then what differs is said, and nothing else
        assertThatThrownBy(() -> TopicAdmin.ensure(kafka.settings()))
                .isInstanceOf(TopicMismatch.class)
                .hasMessageContaining(kafka.name(Topic.QUERIES) + " has 3 partitions, not 32")
                .hasMessageContaining(kafka.name(Topic.QUERIES) + " has retention.ms=604800000, not 900000")
                .hasMessageContaining(kafka.name(Topic.SLOT_BEATS) + " has cleanup.policy=delete, not compact")
                .hasMessageNotContaining(kafka.name(Topic.REPLIES));
    }

    @Test
    void tooFewReplicasAreADifference() {
        // Given topics with one replica
        TopicAdmin.ensure(kafka.settings());
        KafkaSettings wanted = new KafkaSettings(
                kafka.settings().bootstrapServers(),
                kafka.settings().topicPrefix(),
                3,
                2,
                Duration.ofSeconds(15),
                Map.of());

        // When three are wanted, then the service does not run on fewer
        assertThatThrownBy(() -> TopicAdmin.ensure(wanted))
                .isInstanceOf(TopicMismatch.class)
                .hasMessageContaining(kafka.name(Topic.SITES) + " has 1 replicas, not 3")
                .hasMessageContaining(kafka.name(Topic.SITES) + " has min.insync.replicas=1, not 2");
    }

    @Test
    void aClusterThatRefusesIsNotMistakenForOneThatIsAway() {
        KafkaSettings impossible = new KafkaSettings(
                EmbeddedKafka.shared().bootstrapServers(), "impossible.", 3, 2, Duration.ofSeconds(15), Map.of());

        assertThatThrownBy(() -> TopicAdmin.ensure(impossible))
                .isInstanceOf(KafkaException.class)
                .isNotInstanceOf(TopicAdmin.KafkaUnavailable.class)
                .hasMessageContaining("refuses");
    }

    @Test
    void aClusterThatIsAwayIsNamedWithinTheTimeOut() {
        // Given nothing that listens
        KafkaSettings nowhere = TestKafka.settings("127.0.0.1:" + Ports.free(), Duration.ofSeconds(2));
        Instant start = Instant.now();

        // When topics are ensured
        assertThatThrownBy(() -> TopicAdmin.ensure(nowhere))
                .isInstanceOf(TopicAdmin.KafkaUnavailable.class)
                .hasMessageContaining(nowhere.bootstrapServers());

        // Then the service knows soon, and is not held up by the client's own time-outs
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(10));
    }

    private void create(NewTopic topic) throws Exception {
        admin.createTopics(List.of(topic)).all().get(15, TimeUnit.SECONDS);
    }

    private Config config(Topic topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, kafka.name(topic));
        return admin.describeConfigs(List.of(resource))
                .all()
                .get(15, TimeUnit.SECONDS)
                .get(resource);
    }
}
