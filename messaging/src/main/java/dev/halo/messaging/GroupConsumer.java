package dev.halo.messaging;

import dev.halo.protocol.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a topic as one member of a group. The records of a partition are handled one after the other, those of different
 * partitions side by side; an offset is committed only after its record was handled. A record whose handler fails is
 * given again after a pause, for as long as it takes, and its partition waits: nothing is skipped. Records may come twice.
 */
public final class GroupConsumer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupConsumer.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int MAX_RECORDS = 256;

    /** The records of one poll of one partition. It is touched by one thread at a time. */
    private static final class Work {
        private final TopicPartition partition;
        private final List<ConsumerRecord<String, byte[]>> records;
        private volatile int handled;
        private volatile boolean stopped;
        private boolean failed;

        private Work(TopicPartition partition, List<ConsumerRecord<String, byte[]>> records) {
            this.partition = partition;
            this.records = records;
        }

        private OffsetAndMetadata next() {
            int done = handled;
            return new OffsetAndMetadata(
                    done < records.size()
                            ? records.get(done).offset()
                            : records.get(records.size() - 1).offset() + 1);
        }
    }

    private final KafkaSettings settings;
    private final String topic;
    private final Duration pause;
    private final Function<ConsumerRecord<String, byte[]>, CompletionStage<Void>> handler;
    private final KafkaConsumer<String, byte[]> consumer;
    private final ConsumerThread thread;
    private final Map<TopicPartition, Work> working = new HashMap<>();
    private final Map<TopicPartition, Long> pausedUntil = new HashMap<>();
    private final Queue<Work> finished = new ConcurrentLinkedQueue<>();
    private final LongAdder failures = new LongAdder();
    private volatile long lastPollNanos = System.nanoTime();

    /**
     * @param group without the deployment's prefix
     * @param pause before a record whose handling failed is given again
     * @param handler called in the consumer's thread, or in that which completed the record before; it must not block
     */
    public GroupConsumer(
            KafkaSettings settings,
            Topic topic,
            String group,
            Duration pause,
            Function<ConsumerRecord<String, byte[]>, CompletionStage<Void>> handler) {
        this.settings = settings;
        this.topic = topic.name(settings.topicPrefix());
        this.pause = pause;
        this.handler = handler;
        this.consumer = KafkaClients.groupConsumer(
                settings, "halo-" + topic.baseName(), settings.topicPrefix() + group, MAX_RECORDS);
        this.thread = new ConsumerThread("group-" + topic.baseName(), consumer, this::run);
    }

    public GroupConsumer start() {
        thread.start();
        return this;
    }

    /** Times that a handler failed, and so that a partition had to wait. */
    public long failures() {
        return failures.sum();
    }

    public Duration sinceLastPoll() {
        return Duration.ofNanos(System.nanoTime() - lastPollNanos);
    }

    /** Records that are being handled may still be, and then come again to another member. */
    @Override
    public void close() {
        thread.stop(settings.timeout());
    }

    private void run() {
        consumer.subscribe(List.of(topic), new Rebalance());
        while (!thread.isStopping()) {
            try {
                settle();
                var records = consumer.poll(pausedUntil.isEmpty() ? POLL : pause);
                lastPollNanos = System.nanoTime();
                for (TopicPartition partition : records.partitions()) {
                    begin(new Work(partition, new ArrayList<>(records.records(partition))));
                }
            } catch (WakeupException e) {
                // Work has finished, or close was called: the loop looks.
            } catch (RuntimeException e) {
                LOG.warn(
                        "event=groupReadFailed topic={} error={}",
                        topic,
                        e.getClass().getSimpleName());
                thread.pauseAfterFailure();
            }
        }
        settle();
        working.values().forEach(work -> work.stopped = true);
    }

    private void begin(Work work) {
        working.put(work.partition, work);
        consumer.pause(List.of(work.partition));
        handleFrom(work);
    }

    /** Handles what is left, in a loop for as long as handlers complete at once, so that no stack grows. */
    private void handleFrom(Work work) {
        while (!work.stopped && work.handled < work.records.size()) {
            CompletableFuture<Void> one = handle(work.records.get(work.handled));
            if (!one.isDone()) {
                one.whenComplete((done, failure) -> {
                    if (handled(work, failure)) {
                        handleFrom(work);
                    }
                });
                return;
            }
            if (!handled(work, one.isCompletedExceptionally() ? new IllegalStateException() : null)) {
                return;
            }
        }
        finish(work);
    }

    private CompletableFuture<Void> handle(ConsumerRecord<String, byte[]> record) {
        try {
            return handler.apply(record).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private boolean handled(Work work, Throwable failure) {
        if (failure == null) {
            work.handled++;
            return true;
        }
        failures.increment();
        work.failed = true;
        finish(work);
        return false;
    }

    private void finish(Work work) {
        finished.add(work);
        consumer.wakeup();
    }

    /** Commits what was handled, and goes on or waits; in the consumer's thread. */
    private void settle() {
        long now = System.nanoTime();
        pausedUntil.entrySet().removeIf(entry -> {
            if (entry.getValue() - now > 0) {
                return false;
            }
            resume(entry.getKey());
            return true;
        });
        for (Work work = finished.peek(); work != null; work = finished.peek()) {
            if (working.get(work.partition) == work) {
                settle(work, now);
            }
            finished.remove();
        }
    }

    private void settle(Work work, long now) {
        if (work.handled > 0) {
            commit(Map.of(work.partition, work.next()));
        }
        working.remove(work.partition);
        if (work.failed) {
            consumer.seek(work.partition, work.next());
            pausedUntil.put(work.partition, now + pause.toNanos());
        } else {
            resume(work.partition);
        }
    }

    private void resume(TopicPartition partition) {
        if (consumer.assignment().contains(partition)) {
            consumer.resume(List.of(partition));
        }
    }

    private void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        for (int attempt = 0; ; attempt++) {
            try {
                consumer.commitSync(offsets);
                return;
            } catch (WakeupException e) {
                // Meant for the poll; the commit is tried again, and the loop looks anyway.
                if (attempt > MAX_RECORDS) {
                    return;
                }
            } catch (KafkaException e) {
                // What is not committed comes again, to this member or to the next one.
                LOG.warn(
                        "event=groupCommitFailed topic={} error={}",
                        topic,
                        e.getClass().getSimpleName());
                return;
            }
        }
    }

    private final class Rebalance implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
            for (TopicPartition partition : partitions) {
                Work work = forget(partition);
                if (work != null && work.handled > 0) {
                    done.put(partition, work.next());
                }
            }
            if (!done.isEmpty()) {
                commit(done);
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            partitions.forEach(this::forget);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            LOG.info("event=groupAssigned topic={} partitions={}", topic, partitions.size());
            try {
                commitGone(partitions);
            } catch (WakeupException e) {
                // Once: whatever it was meant for is looked at when this is done.
                commitGone(partitions);
            }
        }

        /** Without it a partition whose records are all too old would look unread until the next one comes. */
        private void commitGone(Collection<TopicPartition> partitions) {
            Map<TopicPartition, OffsetAndMetadata> gone = new HashMap<>();
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
            consumer.beginningOffsets(partitions).forEach((partition, first) -> {
                OffsetAndMetadata at = committed.get(partition);
                if (at == null || at.offset() < first) {
                    gone.put(partition, new OffsetAndMetadata(first));
                }
            });
            if (!gone.isEmpty()) {
                commit(gone);
            }
        }

        private Work forget(TopicPartition partition) {
            pausedUntil.remove(partition);
            Work work = working.remove(partition);
            if (work != null) {
                work.stopped = true;
            }
            return work;
        }
    }
}
