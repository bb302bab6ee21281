package dev.halo.messaging;

import dev.halo.protocol.topic.Topic;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the one partition of a topic that belongs to a slot, from the end that it has at the start: a slot has no
 * memory, so what was sent to an earlier instance is never read.
 */
public final class SlotConsumer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SlotConsumer.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaSettings settings;
    private final TopicPartition partition;
    private final Consumer<ConsumerRecord<String, byte[]>> handler;
    private final KafkaConsumer<String, byte[]> consumer;
    private final ConsumerThread thread;
    private final CompletableFuture<Void> positioned = new CompletableFuture<>();
    private final LongAdder handled = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile long lastPollNanos = System.nanoTime();

    /** @param handler called in the consumer's own thread, one record at a time; it must not block */
    public SlotConsumer(
            KafkaSettings settings, Topic topic, int slot, Consumer<ConsumerRecord<String, byte[]>> handler) {
        this.settings = settings;
        this.partition = new TopicPartition(topic.name(settings.topicPrefix()), slot);
        this.handler = handler;
        this.consumer = KafkaClients.assignedConsumer(settings, "halo-" + topic.baseName() + "-" + slot, "latest");
        this.thread = new ConsumerThread("slot-" + topic.baseName(), consumer, this::run);
    }

    public SlotConsumer start() {
        thread.start();
        return this;
    }

    /** Completes when the end of the partition was found: records sent from then on are read. */
    public CompletionStage<Void> positioned() {
        return positioned;
    }

    public boolean isPositioned() {
        return positioned.isDone() && !positioned.isCompletedExceptionally();
    }

    public long handledRecords() {
        return handled.sum();
    }

    /** Records whose handler threw. */
    public long failedRecords() {
        return failed.sum();
    }

    public Duration sinceLastPoll() {
        return Duration.ofNanos(System.nanoTime() - lastPollNanos);
    }

    @Override
    public void close() {
        thread.stop(settings.timeout());
        positioned.completeExceptionally(new IllegalStateException("the consumer is closed"));
    }

    private void run() {
        try {
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            while (!thread.isStopping()) {
                try {
                    if (!positioned.isDone()) {
                        // Seeking is lazy; asking for the position makes it happen now.
                        consumer.position(partition);
                        positioned.complete(null);
                    }
                    var records = consumer.poll(POLL);
                    lastPollNanos = System.nanoTime();
                    records.forEach(this::handle);
                } catch (WakeupException e) {
                    // close was called.
                } catch (RuntimeException e) {
                    LOG.warn(
                            "event=slotReadFailed partition={} error={}",
                            partition,
                            e.getClass().getSimpleName());
                    thread.pauseAfterFailure();
                }
            }
        } finally {
            positioned.completeExceptionally(new IllegalStateException("the consumer is closed"));
        }
    }

    private void handle(ConsumerRecord<String, byte[]> record) {
        handled.increment();
        try {
            handler.accept(record);
        } catch (RuntimeException e) {
            failed.increment();
            // The exception's text may quote the record, so it is for debugging only.
            LOG.error(
                    "event=slotRecordFailed partition={} offset={} error={}",
                    partition,
                    record.offset(),
                    e.getClass().getSimpleName());
            LOG.debug("event=slotRecordFailed", e);
        }
    }
}
