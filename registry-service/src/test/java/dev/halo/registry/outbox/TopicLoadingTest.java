package dev.halo.registry.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.topic.Topic;
import dev.halo.registry.outbox.RestoredVersions.Patience;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class TopicLoadingTest {

    private static final Duration STALL = Duration.ofSeconds(30);

    private final AtomicLong nanos = new AtomicLong();
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();

    @Test
    void mayTakeAnyTimeAsLongAsRecordsCome() {
        // Given a topic of which a record comes every 20 s
        AtomicInteger records = new AtomicInteger();
        TopicLoading[] loading = new TopicLoading[1];
        loading[0] = new TopicLoading(
                Topic.SITES,
                new Patience(STALL, () -> {
                    nanos.addAndGet(Duration.ofSeconds(20).toNanos());
                    loading[0].recordCame();
                    if (records.incrementAndGet() == 4) {
                        loaded.complete(null);
                    }
                    return false;
                }),
                nanos::get);

        // When
        loading[0].await(loaded);

        // Then
        assertThat(nanos.get()).isGreaterThan(STALL.multipliedBy(2).toNanos());
    }

    @Test
    void endsWhenNoRecordComes() {
        TopicLoading loading = new TopicLoading(
                Topic.SITES,
                new Patience(STALL, () -> {
                    nanos.addAndGet(STALL.toNanos() + 1);
                    return false;
                }),
                nanos::get);
        assertThatThrownBy(() -> loading.await(loaded))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("no record came for PT30S");
    }

    @Test
    void endsWithTheRelay() {
        TopicLoading loading = new TopicLoading(Topic.SITES, new Patience(STALL, () -> true), nanos::get);
        assertThatThrownBy(() -> loading.await(loaded))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("stopped");
    }
}
