package dev.halo.link.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.link.queue.QueuedTask.EndCause;
import dev.halo.link.start.TestConfig;
import dev.halo.protocol.query.QueryMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FairQueueTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final UUID SITE = new UUID(1, 1);
    private static final UUID OTHER_SITE = new UUID(1, 2);
    private static final UUID A = new UUID(2, 1);
    private static final UUID B = new UUID(2, 2);

    private final List<String> started = new ArrayList<>();
    private final Map<String, EndCause> ended = new HashMap<>();
    private final Map<String, UUID> ids = new HashMap<>();
    private long now = 1;

    private FairQueue queue(String... settings) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            values.put("halo.link.queue." + settings[i], settings[i + 1]);
        }
        return queue(32, 16, values);
    }

    private FairQueue queue(int threads, int background, Map<String, String> values) {
        return new FairQueue(new TestConfig(values).of(QueueConfig.class), threads, background, () -> now);
    }

    private final class Task implements QueuedTask {
        private final String name;
        private final QueueKey key;
        private final UUID id = UUID.randomUUID();

        Task(String name, UUID site, UUID integrator, QueryMode mode) {
            this(name, site, "host:3050", integrator, mode);
        }

        Task(String name, UUID site, String host, UUID integrator, QueryMode mode) {
            this.name = name;
            this.key = new QueueKey(site, host, integrator, mode);
            ids.put(name, id);
        }

        @Override
        public UUID id() {
            return id;
        }

        @Override
        public QueueKey key() {
            return key;
        }

        @Override
        public void start(long queuedMillis) {
            started.add(name);
        }

        @Override
        public void end(EndCause cause, long queuedMillis) {
            ended.put(name, cause);
        }
    }

    private void offer(FairQueue queue, String name, UUID integrator) {
        queue.offer(new Task(name, SITE, integrator, QueryMode.IMMEDIATE), LONG);
    }

    @Test
    void startsAtOnceWhereThereIsRoom() {
        // Given
        FairQueue queue = queue();

        // When
        queue.offer(new Task("a", SITE, A, QueryMode.IMMEDIATE), Duration.ZERO);

        // Then
        assertThat(started).containsExactly("a");
    }

    @Test
    void leavesOneIntegratorHalfOfAClass() {
        // Given
        FairQueue queue = queue("site.immediate", "4");

        // When
        for (int i = 0; i < 4; i++) {
            offer(queue, "a" + i, A);
        }
        offer(queue, "b0", B);

        // Then
        assertThat(started).containsExactly("a0", "a1", "b0");
        assertThat(queue.waiting()).isEqualTo(2);
    }

    @Test
    void givesOneIntegratorOneSlotOfASingleOne() {
        // Given
        FairQueue queue = queue("site.immediate", "1");

        // When
        offer(queue, "a0", A);

        // Then
        assertThat(started).containsExactly("a0");
    }

    @Test
    void letsIntegratorsTakeTurns() {
        // Given
        FairQueue queue = queue("site.immediate", "1");
        offer(queue, "first", A);
        for (int i = 0; i < 3; i++) {
            offer(queue, "a" + i, A);
        }
        offer(queue, "b0", B);
        offer(queue, "b1", B);

        // When
        List.of("first", "a0", "b0", "a1", "b1").forEach(name -> queue.finished(ids.get(name)));

        // Then
        assertThat(started).containsExactly("first", "a0", "b0", "a1", "b1", "a2");
    }

    @Test
    void keepsOneSlotOfAServerForImmediates() {
        // Given
        FairQueue queue = queue("host.total", "2", "site.async", "4", "host.async", "4");

        // When
        queue.offer(new Task("x", SITE, A, QueryMode.ASYNC), LONG);
        queue.offer(new Task("y", SITE, B, QueryMode.ASYNC), LONG);
        offer(queue, "now", A);

        // Then
        assertThat(started).containsExactly("x", "now");
    }

    @Test
    void limitsAServerOverItsSites() {
        // Given
        FairQueue queue = queue("site.immediate", "2", "host.immediate", "2");

        // When
        queue.offer(new Task("one", SITE, A, QueryMode.IMMEDIATE), LONG);
        queue.offer(new Task("two", OTHER_SITE, B, QueryMode.IMMEDIATE), LONG);
        queue.offer(new Task("three", OTHER_SITE, new UUID(2, 3), QueryMode.IMMEDIATE), LONG);

        // Then
        assertThat(started).containsExactly("one", "two");
    }

    @Test
    void endsWhatWaitedTooLong() {
        // Given
        FairQueue queue = queue("site.immediate", "1");
        offer(queue, "runs", A);
        queue.offer(new Task("waits", SITE, A, QueryMode.IMMEDIATE), Duration.ofMillis(100));

        // When
        now += Duration.ofMillis(99).toNanos();
        queue.expire();
        boolean early = ended.containsKey("waits");
        now += Duration.ofMillis(2).toNanos();
        queue.expire();

        // Then
        assertThat(early).isFalse();
        assertThat(ended).containsEntry("waits", EndCause.EXPIRED);
    }

    @Test
    void endsWhatMayNotWaitAndCannotStart() {
        // Given
        FairQueue queue = queue("site.immediate", "1");
        offer(queue, "runs", A);

        // When
        queue.offer(new Task("now or never", SITE, B, QueryMode.IMMEDIATE), Duration.ZERO);

        // Then
        assertThat(ended).containsEntry("now or never", EndCause.EXPIRED);
    }

    @Test
    void isBounded() {
        // Given
        FairQueue queue = queue("site.immediate", "1", "site-pending", "1");
        offer(queue, "runs", A);
        offer(queue, "waits", A);

        // When
        offer(queue, "too much", A);

        // Then
        assertThat(ended).containsEntry("too much", EndCause.FULL);
    }

    @Test
    void givesNoClassTheRoomOfAnother() {
        // Given
        FairQueue queue = queue("site.async", "1", "site-pending", "1", "total-pending", "1", "site.immediate", "1");
        queue.offer(new Task("async runs", SITE, A, QueryMode.ASYNC), LONG);
        queue.offer(new Task("async waits", SITE, A, QueryMode.ASYNC), LONG);
        queue.offer(new Task("one too many", SITE, A, QueryMode.ASYNC), LONG);
        offer(queue, "runs", A);

        // When
        offer(queue, "waits", A);

        // Then
        assertThat(started).containsExactly("async runs", "runs");
        assertThat(ended).containsOnlyKeys("one too many");
        queue.finished(ids.get("runs"));
        assertThat(started).endsWith("waits");
    }

    @Test
    void startsImmediatesBeforeRegisteredBeforeAsyncs() {
        // Given
        FairQueue queue = queue("host.total", "3", "host.async", "1", "host.registered", "1", "host.immediate", "1");
        queue.offer(new Task("busy", SITE, A, QueryMode.IMMEDIATE), LONG);
        queue.offer(new Task("full", SITE, A, QueryMode.ASYNC), LONG);
        queue.offer(new Task("async", SITE, B, QueryMode.ASYNC), LONG);
        queue.offer(new Task("registered", SITE, B, QueryMode.REGISTERED), LONG);
        offer(queue, "immediate", B);

        // When
        queue.finished(ids.get("full"));
        queue.finished(ids.get("busy"));
        queue.finished(ids.get("registered"));

        // Then
        assertThat(started).containsExactly("busy", "full", "registered", "immediate", "async");
    }

    @Test
    void takesOutWhatIsRemoved() {
        // Given
        FairQueue queue = queue("site.immediate", "1");
        offer(queue, "runs", A);
        offer(queue, "waits", A);

        // When
        boolean waiting = queue.remove(ids.get("waits"));
        boolean running = queue.remove(ids.get("runs"));

        // Then
        assertThat(waiting).isTrue();
        assertThat(running).isFalse();
        assertThat(ended).containsEntry("waits", EndCause.REMOVED);
    }

    @Test
    void watchesTheTimeOfWhatWaitsForAThreadWhereSeveralServersHaveSlots() {
        // Given
        FairQueue queue = queue(1, 2, Map.of());
        queue.offer(new Task("r", SITE, A, QueryMode.REGISTERED), LONG);
        queue.offer(new Task("a", SITE, A, QueryMode.ASYNC), LONG);
        queue.offer(new Task("late", OTHER_SITE, "other:3050", A, QueryMode.ASYNC), Duration.ofSeconds(1));

        // When
        now += Duration.ofSeconds(2).toNanos();
        queue.expire();

        // Then
        assertThat(started).containsExactly("r", "a");
        assertThat(ended).containsExactly(Map.entry("late", EndCause.EXPIRED));
    }

    @Test
    void startsWhatWaitedForAThreadAtAnotherServer() {
        // Given
        FairQueue queue = queue(1, 2, Map.of());
        queue.offer(new Task("i", SITE, A, QueryMode.IMMEDIATE), LONG);
        queue.offer(new Task("next", OTHER_SITE, "other:3050", A, QueryMode.IMMEDIATE), LONG);

        // When
        queue.finished(ids.get("i"));

        // Then
        assertThat(started).containsExactly("i", "next");
    }

    @Test
    void leavesAThreadForTheOtherClassOfTheBackground() {
        // Given
        FairQueue queue = queue(1, 2, Map.of());
        queue.offer(new Task("a", SITE, A, QueryMode.ASYNC), LONG);
        queue.offer(new Task("second", OTHER_SITE, A, QueryMode.ASYNC), LONG);

        // When
        queue.offer(new Task("r", OTHER_SITE, A, QueryMode.REGISTERED), LONG);

        // Then
        assertThat(started).containsExactly("a", "r");
    }
}
