package dev.halo.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.messaging.SlotBeacon.LossCause;
import dev.halo.protocol.session.SlotRecord;
import dev.halo.protocol.session.SlotRecord.Kind;
import dev.halo.protocol.session.SlotRecord.State;
import dev.halo.protocol.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the building blocks while Kafka is away, and when it comes back. */
class BrokerRestartIT {

    private static final int SLOT = 1;
    private static final Duration CATCH_UP = Duration.ofMillis(300);

    @TempDir
    private Path directory;

    private EmbeddedKafka broker;
    private TestKafka kafka;

    @BeforeEach
    void startBroker() {
        broker = EmbeddedKafka.start(directory, 0);
        kafka = TestKafka.on(broker);
        kafka.create(Topic.QUERIES, Topic.REPLIES, Topic.SITES, Topic.SLOT_BEATS);
    }

    @AfterEach
    void stopBroker() {
        kafka.close();
        broker.close();
    }

    @Test
    void aViewAnswersFromMemoryAndFollowsAgain() throws Exception {
        try (CompactedView<String> view = view().start()) {
            // Given a loaded view
            kafka.put(Topic.SITES, "a", bytes("1"));
            view.loaded().toCompletableFuture().get(30, TimeUnit.SECONDS);

            // When Kafka is away
            broker.stop();

            // Then the view still answers, and says within its limit that it cannot catch up
            assertThat(view.get("a")).contains("1");
            long start = System.nanoTime();
            List<CompletableFuture<Boolean>> callers = Stream.generate(
                            () -> view.catchUp().toCompletableFuture())
                    .limit(2_000)
                    .toList();
            assertThat(callers).allSatisfy(caller -> assertThat(caller.get(30, TimeUnit.SECONDS))
                    .isFalse());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));

            // And when Kafka is back it follows
            broker.start();
            kafka.put(Topic.SITES, "a", bytes("2"));
            await().atMost(TestKafka.PATIENCE)
                    .untilAsserted(() -> assertThat(view.get("a")).contains("2"));
            await().atMost(TestKafka.PATIENCE)
                    .until(() -> view.catchUp().toCompletableFuture().get(30, TimeUnit.SECONDS));
            assertThat(view.malformedRecords()).isZero();
        }
    }

    @Test
    void aViewThatStartsWhileKafkaIsAwayLoadsWhenItComes() throws Exception {
        // Given a view that starts without Kafka
        kafka.put(Topic.SITES, "a", bytes("1"));
        broker.stop();
        try (CompactedView<String> view = view().start()) {
            assertThat(view.catchUp().toCompletableFuture().get(30, TimeUnit.SECONDS))
                    .isFalse();
            assertThat(view.isLoaded()).isFalse();

            // When Kafka comes
            broker.start();

            // Then it loads
            view.loaded().toCompletableFuture().get(60, TimeUnit.SECONDS);
            assertThat(view.get("a")).contains("1");
        }
    }

    @Test
    void aViewClosesWhileKafkaIsAway() throws Exception {
        CompactedView<String> view = view().start();
        view.loaded().toCompletableFuture().get(30, TimeUnit.SECONDS);
        broker.stop();
        long start = System.nanoTime();

        view.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aSlotsConsumerGoesOnWhereItWas() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (SlotConsumer consumer = new SlotConsumer(
                kafka.settings(),
                Topic.QUERIES,
                SLOT,
                record -> heard.add(new String(record.value(), StandardCharsets.UTF_8)))) {
            // Given a consumer that has read something
            consumer.start().positioned().toCompletableFuture().get(30, TimeUnit.SECONDS);
            query("before");
            await().atMost(TestKafka.PATIENCE).until(() -> heard.size() == 1);

            // When the broker restarts
            broker.stop();
            broker.start();

            // Then it reads what follows, and nothing twice
            query("after");
            await().atMost(TestKafka.PATIENCE).until(() -> heard.size() >= 2);
            assertThat(heard).containsExactly("before", "after");
        }
    }

    @Test
    void aRequestIsAnsweredAcrossARestart() throws Exception {
        try (SlotConsumer echo = kafka.echo(SLOT, 0, UUID.randomUUID(), kafka.producer());
                KafkaProducer<String, byte[]> producer = patientProducer();
                RequestReply requests = new RequestReply(kafka.settings(), producer, 0, 10).start()) {
            // Given requests that work
            requests.ready().toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertThat(answer(ask(requests, "before"))).isEqualTo("before");

            // When one is sent while the broker is away, and the broker comes back
            broker.stop();
            long start = System.nanoTime();
            CompletionStage<RequestReply.Reply> meanwhile = ask(requests, "meanwhile");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("the caller is not held up")
                    .isLessThan(Duration.ofSeconds(2));
            broker.start();

            // Then it is answered within its time, and later ones are too
            assertThat(answer(meanwhile)).isEqualTo("meanwhile");
            assertThat(answer(ask(requests, "after"))).isEqualTo("after");
            assertThat(requests.pendingRequests()).isZero();
        }
    }

    @Test
    void aRequestWhoseCallerHasGoneIsNotSentLater() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (SlotConsumer site = new SlotConsumer(
                                kafka.settings(), Topic.QUERIES, SLOT, record -> heard.add(record.key()))
                        .start();
                KafkaProducer<String, byte[]> producer = patientProducer();
                RequestReply requests = new RequestReply(kafka.settings(), producer, 0, 10).start()) {
            site.positioned().toCompletableFuture().get(30, TimeUnit.SECONDS);
            requests.ready().toCompletableFuture().get(30, TimeUnit.SECONDS);

            // Given a producer that has not found the topic yet, held up by a first request, and a second behind it
            broker.stop();
            UUID first = UUID.randomUUID();
            UUID second = UUID.randomUUID();
            requests.send(kafka.request(first, SLOT, bytes("x")), first, headers -> true, Duration.ofSeconds(60));
            requests.send(kafka.request(second, SLOT, bytes("x")), second, headers -> true, Duration.ofSeconds(60));

            // When the second's caller goes, and Kafka comes back
            requests.abandon(second);
            broker.start();
            await().atMost(TestKafka.PATIENCE).until(() -> heard.contains(first.toString()));
            UUID third = UUID.randomUUID();
            requests.send(kafka.request(third, SLOT, bytes("x")), third, headers -> true, Duration.ofSeconds(60));
            await().atMost(TestKafka.PATIENCE).until(() -> heard.contains(third.toString()));

            // Then it was never sent
            assertThat(heard).doesNotContain(second.toString());
        }
    }

    @Test
    void aSlotIsLostWhenKafkaIsAwayForLongerThanTheLimit() throws Exception {
        List<LossCause> losses = new CopyOnWriteArrayList<>();
        try (SlotBeacon beacon = beacon(losses, Duration.ofSeconds(5))) {
            // Given a slot, claimed with a producer that has found the topic
            kafka.put(new SlotRecord(Kind.GATEWAY, SLOT, UUID.randomUUID(), Instant.now(), State.ACTIVE));
            beacon.start().claimed().toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertThat(beacon.isHeld()).isTrue();

            // When Kafka is away
            broker.stop();

            // Then the slot is let go after the limit, once
            await().atMost(TestKafka.PATIENCE).until(() -> !losses.isEmpty());
            assertThat(losses).containsExactly(LossCause.KAFKA_UNREACHABLE);
            assertThat(beacon.isHeld()).isFalse();
            assertThat(beacon.sinceLastAck()).isGreaterThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void aSlotIsKeptAcrossAShortRestart() throws Exception {
        List<LossCause> losses = new CopyOnWriteArrayList<>();
        try (SlotBeacon beacon = beacon(losses, Duration.ofSeconds(60))) {
            beacon.start().claimed().toCompletableFuture().get(30, TimeUnit.SECONDS);

            broker.stop();
            broker.start();

            // Then it beats again and is still the owner
            try (SlotDirectory slots = new SlotDirectory(kafka.settings()).start()) {
                await().atMost(TestKafka.PATIENCE).until(() -> slots.isLive(Kind.ROUTING, SLOT, beacon.incarnation()));
            }
            assertThat(beacon.isHeld()).isTrue();
            assertThat(losses).isEmpty();
        }
    }

    /** As a service's, but on a busy machine the broker may take longer to come back than that would wait. */
    private KafkaProducer<String, byte[]> patientProducer() {
        Map<String, Object> properties = KafkaClients.producerProperties(kafka.settings(), "patient");
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 60_000);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 60_000);
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    private CompactedView<String> view() {
        return CompactedView.of(
                kafka.settings(),
                Topic.SITES,
                value -> new String(value, StandardCharsets.UTF_8),
                (current, incoming, record) -> incoming,
                CATCH_UP);
    }

    private SlotBeacon beacon(List<LossCause> losses, Duration muteLimit) {
        return new SlotBeacon(
                kafka.settings(), kafka.producer(), Kind.ROUTING, SLOT, losses::add, Duration.ofMillis(100), muteLimit);
    }

    private void query(String text) {
        kafka.put(new ProducerRecord<>(kafka.name(Topic.QUERIES), SLOT, "key", bytes(text)));
    }

    private CompletionStage<RequestReply.Reply> ask(RequestReply requests, String text) {
        UUID id = UUID.randomUUID();
        return requests.send(kafka.request(id, SLOT, bytes(text)), id, headers -> true, Duration.ofSeconds(60));
    }

    private static String answer(CompletionStage<RequestReply.Reply> reply) throws Exception {
        return StandardCharsets.UTF_8
                .decode(reply.toCompletableFuture().get(60, TimeUnit.SECONDS).value())
                .toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
