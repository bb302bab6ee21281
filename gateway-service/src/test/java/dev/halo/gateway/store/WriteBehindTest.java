package dev.halo.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WriteBehindTest {

    private static final Duration WAIT = Duration.ofSeconds(5);

    private final List<String> rows = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger faults = new AtomicInteger();
    private final AtomicInteger unsent = new AtomicInteger();
    private final AtomicLong nanos = new AtomicLong();
    private volatile boolean away;
    private volatile boolean partition = true;
    private final WriteBehind<String> writer = new WriteBehind<>(
            "rows-of-a-test",
            this::database,
            "insert",
            WriteBehindTest::tuple,
            new WriteBehind.Bounds(1_000, 10, Duration.ofMillis(5), WAIT),
            nanos::get);

    @AfterEach
    void stop() {
        writer.stop();
    }

    @Test
    void aRowThatIsAlwaysRefusedIsLostAloneAndCounted() {
        // Given
        List<CompletionStage<Boolean>> written = IntStream.range(0, 30)
                .mapToObj(i -> writer.add(i == 0 || i == 17 ? "refused" : "row " + i))
                .toList();

        // When
        writer.start();

        // Then
        assertThat(written.get(29).toCompletableFuture()).succeedsWithin(WAIT).isEqualTo(true);
        assertThat(written.get(0).toCompletableFuture()).isCompletedWithValue(false);
        assertThat(written.get(17).toCompletableFuture()).isCompletedWithValue(false);
        assertThat(rows).hasSize(28).doesNotHaveDuplicates();
        assertThat(writer.refused()).isEqualTo(2);
    }

    @Test
    void aRowThatCannotBeMadeIsLostAloneToo() {
        CompletionStage<Boolean> broken = writer.add("broken");
        CompletionStage<Boolean> good = writer.add("good");

        writer.start();

        assertThat(good.toCompletableFuture()).succeedsWithin(WAIT).isEqualTo(true);
        assertThat(broken.toCompletableFuture()).isCompletedWithValue(false);
    }

    @Test
    void whileTheDatabaseIsAwayNothingIsLost() {
        // Given
        away = true;
        CompletionStage<Boolean> refused = writer.add("refused");
        CompletionStage<Boolean> good = writer.add("good");
        writer.start();
        await().until(() -> faults.get() > 2);
        assertThat(refused.toCompletableFuture()).isNotDone();

        // When
        away = false;

        // Then
        assertThat(good.toCompletableFuture()).succeedsWithin(WAIT).isEqualTo(true);
        assertThat(refused.toCompletableFuture()).isCompletedWithValue(false);
    }

    @Test
    void aRowThatTheDriverCannotCarryIsLostAloneAfterAFewTries() {
        // Given
        List<CompletionStage<Boolean>> written = IntStream.range(0, 12)
                .mapToObj(i -> writer.add(i == 3 ? "unsendable" : "row " + i))
                .toList();

        // When
        writer.start();

        // Then
        assertThat(written.get(11).toCompletableFuture()).succeedsWithin(WAIT).isEqualTo(true);
        assertThat(written.get(3).toCompletableFuture()).isCompletedWithValue(false);
        assertThat(rows).hasSize(11).doesNotHaveDuplicates();
        assertThat(writer.refused()).isEqualTo(1);
    }

    @Test
    void whatFailsOnceIsTriedAgain() {
        unsent.set(2);
        CompletionStage<Boolean> row = writer.add("row");

        writer.start();

        assertThat(row.toCompletableFuture()).succeedsWithin(WAIT).isEqualTo(true);
        assertThat(writer.refused()).isZero();
    }

    @Test
    void aRowWaitsForItsPartitionAndNotForEver() {
        // Given
        partition = false;
        CompletionStage<Boolean> first = writer.add("row of today");
        writer.start();
        await().until(() -> faults.get() > 2);
        assertThat(first.toCompletableFuture()).isNotDone();

        // When it is made
        partition = true;

        // Then
        assertThat(first.toCompletableFuture()).succeedsWithin(WAIT).isEqualTo(true);

        // When it never is
        partition = false;
        CompletionStage<Boolean> late = writer.add("row of last week");
        CompletionStage<Boolean> later = writer.add("another of last week");
        int before = faults.get();
        await().until(() -> faults.get() > before + 2);
        nanos.addAndGet(Duration.ofMinutes(10).toNanos());

        // Then
        assertThat(late.toCompletableFuture()).succeedsWithin(WAIT).isEqualTo(false);
        assertThat(later.toCompletableFuture()).succeedsWithin(WAIT).isEqualTo(false);
        assertThat(writer.refused()).isEqualTo(2);
    }

    @Test
    void theUnexpectedDoesNotEndTheSchedule() {
        // Given
        CompletionStage<Boolean> first = writer.add("unexpected");

        // When
        writer.start();

        // Then
        assertThat(first.toCompletableFuture()).succeedsWithin(WAIT).isEqualTo(true);
        assertThat(writer.add("next").toCompletableFuture())
                .succeedsWithin(WAIT)
                .isEqualTo(true);
        assertThat(faults).hasValue(3);
        assertThat(writer.refused()).isZero();
    }

    @Test
    void onlyAJudgementOfTheValuesIsARefusal() {
        assertThat(Store.isRefused(pg("22021"))).isTrue();
        assertThat(Store.isRefused(pg("23505"))).isTrue();
        assertThat(Store.isRefused(pg("23514"))).as("no partition").isFalse();
        assertThat(Store.lacksPartition(pg("23514"))).isTrue();
        for (String state : List.of("57P01", "53300", "53100", "42501", "40P01", "25006", "08006")) {
            assertThat(Store.isRefused(pg(state))).as(state).isFalse();
        }
        assertThat(Store.isRefused(new IllegalStateException("pool closed"))).isFalse();
    }

    private CompletionStage<?> database(String insert, List<Tuple> batch, Duration timeout) {
        List<String> texts = batch.stream().map(row -> row.getString(0)).toList();
        if (away) {
            faults.incrementAndGet();
            return CompletableFuture.failedFuture(new Store.StoreUnavailable("away"));
        }
        if (!partition) {
            faults.incrementAndGet();
            return CompletableFuture.failedFuture(new Store.NoPartition());
        }
        if (texts.contains("unexpected") && faults.getAndIncrement() < 2) {
            throw new IllegalStateException("nobody thought of this");
        }
        if (texts.contains("unsendable") || unsent.getAndDecrement() > 0) {
            return CompletableFuture.failedFuture(new Store.NotSent());
        }
        if (texts.contains("refused")) {
            return CompletableFuture.failedFuture(new Store.RowRefused());
        }
        rows.addAll(texts);
        return CompletableFuture.completedFuture(null);
    }

    private static PgException pg(String state) {
        return new PgException("refused", "ERROR", state, null);
    }

    private static Tuple tuple(String row) {
        if (row.equals("broken")) {
            throw new IllegalArgumentException("no row can be made of it");
        }
        return Tuple.of(row);
    }
}
