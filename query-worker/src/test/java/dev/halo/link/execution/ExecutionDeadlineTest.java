package dev.halo.link.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ExecutionDeadlineTest {

    private static final Duration LIMIT = Duration.ofMillis(50);

    private final AtomicLong waited = new AtomicLong();
    private final CancelToken cancel = new CancelToken();
    private final RowSink sink = new RowSink() {
        @Override
        public long pageBytes() {
            return 1;
        }

        @Override
        public void page(ResultPage page) {
            // No rows come.
        }

        @Override
        public long waitedNanos() {
            return waited.get();
        }
    };

    @Test
    void stopsAtItsLimit() {
        try (Watchdog watchdog = new Watchdog()) {
            // When
            new ExecutionDeadline(watchdog, LIMIT, sink, cancel);

            // Then
            await().atMost(Duration.ofSeconds(30)).until(cancel::isStopped);
            assertThat(cancel.stopped()).contains(StopCause.EXECUTION_LIMIT);
        }
    }

    @Test
    void doesNotCountTheTimeForWhichItsSinkMadeItWait() {
        // Given
        waited.set(TimeUnit.HOURS.toNanos(1));
        try (Watchdog watchdog = new Watchdog()) {
            // When
            new ExecutionDeadline(watchdog, LIMIT, sink, cancel);

            // Then
            await().during(LIMIT.multipliedBy(6)).atMost(Duration.ofSeconds(30)).until(() -> !cancel.isStopped());
        }
    }

    @Test
    void isCalledOff() {
        try (Watchdog watchdog = new Watchdog();
                ExecutionDeadline deadline = new ExecutionDeadline(watchdog, Duration.ofMillis(500), sink, cancel)) {
            // When
            deadline.close();

            // Then
            await().during(Duration.ofMillis(800))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !cancel.isStopped());
        }
    }
}
