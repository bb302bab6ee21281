package dev.halo.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.protocol.topic.Topic;
import dev.halo.test.Background;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupConsumerIT {

    private static final String GROUP = "readers";

    private final List<String> handled = new CopyOnWriteArrayList<>();
    private final AtomicBoolean away = new AtomicBoolean();
    private TestKafka kafka;
    private GroupConsumer consumer;

    @BeforeEach
    void connect() {
        kafka = TestKafka.withTopics(Topic.RESULTS);
        consumer = member().start();
    }

    @AfterEach
    void disconnect() {
        consumer.close();
        kafka.close();
    }

    @Test
    void recordsOfAKeyAreHandledInOrder() {
        List<String> all = put("a", 0, 600);

        awaitHandled(600);

        assertThat(handled).isEqualTo(all);
    }

    @Test
    void whatCannotBeHandledIsGivenAgainAndNothingIsSkipped() {
        // Given records that are handled, and then a time in which none can be
        List<String> all = put("a", 0, 3);
        awaitHandled(3);
        away.set(true);
        List<String> later = put("a", 3, 6);
        await().atMost(TestKafka.PATIENCE).until(() -> consumer.failures() > 1);
        assertThat(handled).isEqualTo(all);

        // When they can be handled again
        away.set(false);
        awaitHandled(6);

        // Then all are there, once and in order
        assertThat(handled.subList(3, 6)).isEqualTo(later);
    }

    @Test
    void theNextMemberGoesOnWhereThisOneEnded() {
        put("a", 0, 3);
        try (GroupOffsets offsets = new GroupOffsets(kafka.settings(), Topic.RESULTS, GROUP)) {
            long[] ends = offsets.ends().toCompletableFuture().join();
            await().atMost(TestKafka.PATIENCE).until(() -> hasReached(offsets, ends));
        }
        consumer.close();
        List<String> later = put("a", 3, 5);

        consumer = member().start();
        awaitHandled(5);

        assertThat(handled.subList(3, 5)).isEqualTo(later);
    }

    @Test
    void theGroupsProgressIsKnown() {
        try (GroupOffsets offsets = new GroupOffsets(kafka.settings(), Topic.RESULTS, GROUP)) {
            away.set(true);
            put("a", 0, 2);
            long[] ends = offsets.ends().toCompletableFuture().join();
            assertThat(hasReached(offsets, ends)).isFalse();

            away.set(false);

            await().atMost(TestKafka.PATIENCE).until(() -> hasReached(offsets, ends));
            assertThat(handled).hasSize(2);
        }
    }

    private static boolean hasReached(GroupOffsets offsets, long[] ends) {
        return offsets.hasReached(ends).toCompletableFuture().join();
    }

    private GroupConsumer member() {
        return new GroupConsumer(kafka.settings(), Topic.RESULTS, GROUP, Duration.ofMillis(50), this::handle);
    }

    /** Every second one is handled by another thread. */
    private CompletionStage<Void> handle(ConsumerRecord<String, byte[]> record) {
        if (away.get()) {
            return CompletableFuture.failedFuture(new IllegalStateException("away"));
        }
        String text = new String(record.value(), StandardCharsets.UTF_8);
        return record.offset() % 2 == 0
                ? Background.run(() -> handled.add(text))
                : CompletableFuture.completedFuture(null).thenAccept(done -> handled.add(text));
    }

    private List<String> put(String key, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> {
                    kafka.put(Topic.RESULTS, key, Integer.toString(i).getBytes(StandardCharsets.UTF_8));
                    return Integer.toString(i);
                })
                .toList();
    }

    private void awaitHandled(int count) {
        await().atMost(TestKafka.PATIENCE).until(() -> handled.size() >= count);
    }
}
