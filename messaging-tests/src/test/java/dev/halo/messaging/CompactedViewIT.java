package dev.halo.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.protocol.topic.Topic;
import dev.halo.test.Background;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompactedViewIT {

    private TestKafka kafka;
    private CompactedView<Integer> view;

    @BeforeEach
    void connect() {
        kafka = TestKafka.withTopics(Topic.SITES);
        view = view(Duration.ofSeconds(10));
    }

    @AfterEach
    void disconnect() {
        view.close();
        kafka.close();
    }

    @Test
    void whatWasThereIsLoaded() throws Exception {
        // Given values in all partitions, some of them replaced or deleted
        IntStream.range(0, 50).forEach(i -> put("key" + i, i));
        put("key7", 700);
        delete("key8");

        // When the view has loaded
        load();

        // Then it holds the last value of each key
        assertThat(view.isLoaded()).isTrue();
        assertThat(view.all()).hasSize(49);
        assertThat(view.get("key7")).contains(700);
        assertThat(view.get("key8")).isEmpty();
    }

    @Test
    void anEmptyTopicIsLoadedToo() throws Exception {
        load();

        assertThat(view.all()).isEmpty();
    }

    @Test
    void laterRecordsAreFollowed() throws Exception {
        // Given a loaded view
        put("a", 1);
        load();

        // When values are written, replaced and deleted
        put("b", 1);
        put("b", 2);
        delete("a");

        // Then the view follows
        await().atMost(TestKafka.PATIENCE).untilAsserted(() -> {
            assertThat(view.get("b")).contains(2);
            assertThat(view.get("a")).isEmpty();
        });
        assertThat(view.sinceLastPoll()).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void theReducerDecidesWhatIsKept() throws Exception {
        // Given a view that keeps the highest value, and records out of order
        put("a", 5);
        load();

        // When an older one comes late
        put("a", 3);

        // Then it changes nothing
        assertThat(caughtUp()).isTrue();
        assertThat(view.get("a")).contains(5);
    }

    @Test
    void aMalformedRecordIsCountedAndSkipped() throws Exception {
        // Given a value, then rubbish under its key
        put("a", 1);
        kafka.put(Topic.SITES, "a", "rubbish".getBytes(StandardCharsets.UTF_8));
        put("b", 2);

        // When the view has loaded
        load();

        // Then the good ones are there
        assertThat(view.malformedRecords()).isOne();
        assertThat(view.get("a")).contains(1);
        assertThat(view.get("b")).contains(2);
    }

    @Test
    void listenersHearOfEachRecordAndOneThatFailsStopsNothing() throws Exception {
        // Given a listener that fails and one that does not
        List<String> heard = new CopyOnWriteArrayList<>();
        view.addListener((key, value) -> {
            throw new IllegalStateException("a listener's bug");
        });
        view.addListener((key, value) -> heard.add(key + value.map(v -> "=" + v).orElse(" gone")));
        put("a", 1);
        load();

        // When records follow
        put("a", 2);
        delete("a");

        // Then the second hears of all of them in order
        await().atMost(TestKafka.PATIENCE)
                .untilAsserted(() -> assertThat(heard).containsExactly("a=1", "a=2", "a gone"));
    }

    @Test
    void aRecordWrittenJustBeforeIsSeenAfterCatchingUp() throws Exception {
        load();
        for (int i = 0; i < 200; i++) {
            // Given a record that Kafka has acknowledged
            put("key" + i, i);

            // When the view catches up, then it has it
            assertThat(caughtUp()).isTrue();
            assertThat(view.get("key" + i)).isEqualTo(Optional.of(i));
        }
    }

    @Test
    void catchingUpWithNothingNewDoesNotWaitForRecords() throws Exception {
        // Given a view that waits for records at the broker
        load();
        long start = System.nanoTime();

        // When it catches up again and again
        for (int i = 0; i < 20; i++) {
            assertThat(caughtUp()).isTrue();
        }

        // Then the broker does not let it wait as long as a fetch may (half a second by default) each time
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void manyCallersDoNotStarveEachOther() throws Exception {
        // Given a loaded view
        load();

        // When eight threads ask all the time, each waiting for its answer
        List<CompletableFuture<Integer>> threads = IntStream.range(0, 8)
                .mapToObj(thread -> Background.supply(() -> {
                    int reached = 0;
                    for (int i = 0; i < 250; i++) {
                        reached += view.catchUp().toCompletableFuture().join() ? 1 : 0;
                    }
                    return reached;
                }))
                .toList();

        // Then each of them got its answer in time
        assertThat(threads).allSatisfy(thread -> assertThat(thread.get(60, TimeUnit.SECONDS))
                .isEqualTo(250));
    }

    @Test
    void callersThatComeTogetherAllSeeWhatWasWrittenBefore() throws Exception {
        // Given a loaded view and a record
        load();
        put("a", 1);

        // When a thousand callers come at once
        List<CompletableFuture<Boolean>> callers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            callers.add(view.catchUp().toCompletableFuture());
        }

        // Then all of them have it
        assertThat(callers).allSatisfy(caller -> assertThat(caller.get(30, TimeUnit.SECONDS))
                .isTrue());
        assertThat(view.get("a")).contains(1);
    }

    @Test
    void oneCallerCannotAnswerTheOthers() throws Exception {
        load();
        CompletableFuture<Boolean> first = view.catchUp().toCompletableFuture();
        CompletableFuture<Boolean> second = view.catchUp().toCompletableFuture();

        first.cancel(true);

        assertThat(second.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aTopicThatIsNotThereYetIsWaitedFor() throws Exception {
        try (TestKafka later = TestKafka.withoutTopics();
                CompactedView<Integer> waiting = CompactedView.of(
                                later.settings(),
                                Topic.SITES,
                                CompactedViewIT::decode,
                                (a, b, r) -> b,
                                Duration.ofSeconds(1))
                        .start()) {
            // Given a view of a missing topic, which is not loaded
            assertThat(waiting.catchUp().toCompletableFuture().get(30, TimeUnit.SECONDS))
                    .isFalse();
            assertThat(waiting.isLoaded()).isFalse();

            // When the topic is created and written to
            later.create(Topic.SITES);
            later.put(Topic.SITES, "a", encode(1));

            // Then the view reads it
            waiting.loaded().toCompletableFuture().get(30, TimeUnit.SECONDS);
            await().atMost(TestKafka.PATIENCE)
                    .untilAsserted(() -> assertThat(waiting.get("a")).contains(1));
        }
    }

    @Test
    void aClosedViewAnswersEverybody() throws Exception {
        load();
        view.close();

        assertThat(view.catchUp().toCompletableFuture().get(30, TimeUnit.SECONDS))
                .isFalse();
    }

    @Test
    void aViewThatWasNeverStartedCanBeClosed() {
        view.close();

        assertThat(view.loaded().toCompletableFuture()).isCompletedExceptionally();
        assertThat(view.isLoaded()).isFalse();
    }

    private CompactedView<Integer> view(Duration catchUpLimit) {
        return CompactedView.of(
                kafka.settings(),
                Topic.SITES,
                CompactedViewIT::decode,
                (current, incoming, record) ->
                        current == null ? incoming : Integer.valueOf(Math.max(current, incoming)),
                catchUpLimit);
    }

    private void load() throws Exception {
        view.start().loaded().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private boolean caughtUp() throws Exception {
        return view.catchUp().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private void put(String key, int value) {
        kafka.put(Topic.SITES, key, encode(value));
    }

    private void delete(String key) {
        kafka.put(Topic.SITES, key, null);
    }

    private static byte[] encode(int value) {
        return Integer.toString(value).getBytes(StandardCharsets.UTF_8);
    }

    private static Integer decode(byte[] value) {
        return Integer.valueOf(new String(value, StandardCharsets.UTF_8));
    }
}
