package dev.halo.registry.outbox;

import dev.halo.protocol.topic.Topic;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;

/**
 * Waits until a topic has been read, however long that takes, as long as records come: a limit of the whole would keep a
 * registry with large topics from ever publishing.
 */
final class TopicLoading {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Topic topic;
    private final RestoredVersions.Patience patience;
    private final LongSupplier nanos;
    private volatile long lastRecord;

    /** @param nanos a monotonic clock */
    TopicLoading(Topic topic, RestoredVersions.Patience patience, LongSupplier nanos) {
        this.topic = topic;
        this.patience = patience;
        this.nanos = nanos;
        this.lastRecord = nanos.getAsLong();
    }

    /** A record was read, in the reader's thread. */
    void recordCame() {
        lastRecord = nanos.getAsLong();
    }

    /**
     * @param loaded completes when all has been read
     * @throws KafkaException when no record came for too long, the reader failed, or nobody needs it any more
     */
    void await(CompletableFuture<Void> loaded) {
        while (!isLoaded(loaded)) {
            if (patience.stopping().getAsBoolean()) {
                throw new KafkaException("stopped while reading " + topic.baseName());
            }
            if (nanos.getAsLong() - lastRecord > patience.stall().toNanos()) {
                throw new KafkaException(topic.baseName() + " cannot be read: no record came for " + patience.stall());
            }
        }
    }

    private boolean isLoaded(CompletableFuture<Void> loaded) {
        try {
            loaded.get(LOOK_NANOS, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new KafkaException(topic.baseName() + " cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", e);
        }
    }
}
