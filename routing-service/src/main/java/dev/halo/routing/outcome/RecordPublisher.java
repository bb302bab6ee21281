package dev.halo.routing.outcome;

import dev.halo.messaging.SlotBeacon;
import dev.halo.routing.metric.BridgeMetrics;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * The one way to Kafka for all that sessions have to say. A send may block for metadata or buffer space, which an event
 * loop must not, so one thread of its own sends in the order given. The bytes on their way are bounded: at the first
 * mark the sockets are no longer read, at the second a record is refused.
 */
public final class RecordPublisher implements AutoCloseable {

    private static final int OVERHEAD = 512;
    private static final long CLOSE_SECONDS = 5;

    /** Longer than an instance lives without Kafka. */
    private static final Duration PATIENCE = SlotBeacon.MUTE_LIMIT.plusSeconds(10);

    private final Producer<String, byte[]> producer;
    private final BridgeMetrics metrics;
    private final long pauseAt;
    private final long refuseAt;
    private final ExecutorService sender;
    private final AtomicLong underWay = new AtomicLong();
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /**
     * @param producer closed by the caller, after this
     * @param pauseAt bytes
     * @param refuseAt bytes, above {@code pauseAt}
     */
    public RecordPublisher(Producer<String, byte[]> producer, BridgeMetrics metrics, long pauseAt, long refuseAt) {
        if (refuseAt < pauseAt) {
            throw new IllegalArgumentException("refuse-at must not be below pause-at");
        }
        this.producer = producer;
        this.metrics = metrics;
        this.pauseAt = pauseAt;
        this.refuseAt = refuseAt;
        this.sender = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "bridge-publisher");
            thread.setDaemon(true);
            return thread;
        });
        metrics.gauge("publishing.bytes", underWay::get);
    }

    /**
     * Sends a record.
     *
     * @return completes when the record is in the log; exceptionally when it may not be. Completed in a thread of
     *     Kafka's, which must not be blocked
     */
    public CompletionStage<RecordMetadata> publish(ProducerRecord<String, byte[]> record) {
        long size = OVERHEAD + (record.value() == null ? 0 : record.value().length);
        CompletableFuture<RecordMetadata> done = new CompletableFuture<>();
        if (underWay.addAndGet(size) > refuseAt) {
            finish(size, done, null, new RejectedExecutionException("too many bytes on their way to Kafka"));
            return done;
        }
        try {
            sender.execute(() -> send(record, size, done));
        } catch (RejectedExecutionException e) {
            finish(size, done, null, e);
        }
        return done;
    }

    /** Whether whoever reads from sockets should stop to. */
    public boolean isCongested() {
        return underWay.get() >= pauseAt;
    }

    /** Runs it once, as soon as {@link #isCongested()} is over. */
    public void whenRelieved(Runnable resume) {
        waiting.add(resume);
        relieve();
    }

    /** Sends what was given so far, waiting a few seconds for it. */
    @Override
    public void close() {
        sender.shutdown();
        try {
            if (!sender.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                sender.shutdownNow();
            }
        } catch (InterruptedException e) {
            sender.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /**
     * A send that found no metadata has put nothing into the producer and is tried again in its place, so that an outage
     * that the instance survives costs no record and no order.
     */
    private void send(ProducerRecord<String, byte[]> record, long size, CompletableFuture<RecordMetadata> done) {
        Thread self = Thread.currentThread();
        long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
        boolean[] again = new boolean[1];
        do {
            again[0] = false;
            try {
                producer.send(record, (metadata, failure) -> {
                    boolean inPlace = Thread.currentThread() == self && failure instanceof RetriableException;
                    if (inPlace && System.nanoTime() - giveUpAt < 0 && !sender.isShutdown()) {
                        again[0] = true;
                    } else {
                        finish(size, done, metadata, failure);
                    }
                });
            } catch (KafkaException | IllegalStateException e) {
                finish(size, done, null, e);
            }
        } while (again[0]);
    }

    private void finish(long size, CompletableFuture<RecordMetadata> done, RecordMetadata metadata, Exception failure) {
        underWay.addAndGet(-size);
        relieve();
        if (failure == null) {
            done.complete(metadata);
        } else {
            metrics.notPublished();
            done.completeExceptionally(failure);
        }
    }

    private void relieve() {
        if (waiting.isEmpty() || isCongested()) {
            return;
        }
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
        }
    }
}
