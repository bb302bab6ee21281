package dev.halo.messaging;

import dev.halo.protocol.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A compacted topic as a map in memory, read from its beginning by one thread and kept up to date. Its size is that of
 * the topic's keys. It is closed by whoever started it.
 *
 * @param <V> a value as decoded
 */
public final class CompactedView<V> implements AutoCloseable {

    /**
     * What becomes of a key when a record arrives.
     *
     * @param <V> a value as decoded
     */
    @FunctionalInterface
    public interface Reducer<V> {
        /**
         * @param current null where there is none
         * @param record where the incoming value came from
         * @return the value from now on
         */
        V reduce(V current, V incoming, ConsumerRecord<String, byte[]> record);
    }

    /** Reads a value. What it throws makes the record malformed: it is counted and skipped. */
    @FunctionalInterface
    public interface Decoder<V> {
        V decode(byte[] value);
    }

    /** Told of each record that was applied, in the view's thread; it must not block. */
    @FunctionalInterface
    public interface Listener<V> {
        void changed(String key, Optional<V> value);
    }

    private static final Logger LOG = LoggerFactory.getLogger(CompactedView.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);

    private final KafkaSettings settings;
    private final Topic topic;
    private final Decoder<V> decoder;
    private final Reducer<V> reducer;
    private final Duration catchUpLimit;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Thread thread;
    private final Map<String, V> values = new ConcurrentHashMap<>();
    private final List<Listener<V>> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();
    private final Queue<CompletableFuture<Boolean>> waiting = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<Boolean>> catchingUp = new ArrayList<>();
    private final LongAdder malformed = new LongAdder();
    private Map<TopicPartition, Long> target = Map.of();
    private volatile long lastPollNanos = System.nanoTime();
    private volatile boolean stopping;

    private CompactedView(
            KafkaSettings settings, Topic topic, Decoder<V> decoder, Reducer<V> reducer, Duration catchUpLimit) {
        this.settings = settings;
        this.topic = topic;
        this.decoder = decoder;
        this.reducer = reducer;
        this.catchUpLimit = catchUpLimit;
        this.consumer = KafkaClients.assignedConsumer(settings, "halo-view-" + topic.baseName(), "earliest");
        this.thread = new Thread(this::run, "view-" + topic.baseName());
        this.thread.setDaemon(true);
    }

    /**
     * A view that is not yet started.
     *
     * @param catchUpLimit how long {@link #catchUp()} takes at the most
     */
    public static <V> CompactedView<V> of(
            KafkaSettings settings, Topic topic, Decoder<V> decoder, Reducer<V> reducer, Duration catchUpLimit) {
        return new CompactedView<>(settings, topic, decoder, reducer, catchUpLimit);
    }

    /** Starts reading. Listeners should be there by then. */
    public CompactedView<V> start() {
        thread.start();
        return this;
    }

    /** Completes when everything that was in the topic at the start has been applied. */
    public CompletionStage<Void> loaded() {
        return loaded;
    }

    public boolean isLoaded() {
        return loaded.isDone() && !loaded.isCompletedExceptionally();
    }

    /** Adds a listener; it hears of all records applied from now on, also while loading. */
    public void addListener(Listener<V> listener) {
        listeners.add(listener);
    }

    public Optional<V> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** A live, unmodifiable view of all values. */
    public Map<String, V> all() {
        return java.util.Collections.unmodifiableMap(values);
    }

    /** Records that could not be read since the start. */
    public long malformedRecords() {
        return malformed.sum();
    }

    /** How long the reading thread has been stuck, at most; under a second while all is well. */
    public Duration sinceLastPoll() {
        return Duration.ofNanos(System.nanoTime() - lastPollNanos);
    }

    /**
     * Reads up to the topic's end of this moment. Callers that come together share one look at the end.
     *
     * @return true when that end was reached, false when it was not within the limit; never fails
     */
    public CompletionStage<Boolean> catchUp() {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        done.completeOnTimeout(false, catchUpLimit.toMillis(), TimeUnit.MILLISECONDS);
        if (stopping) {
            done.complete(false);
            return done;
        }
        boolean first = waiting.isEmpty();
        waiting.add(done);
        if (first) {
            consumer.wakeup();
        }
        return done;
    }

    @Override
    public void close() {
        stopping = true;
        consumer.wakeup();
        try {
            thread.join(settings.timeout().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (consumer) {
            Map<TopicPartition, Long> end = null;
            while (!stopping) {
                try {
                    if (end == null) {
                        end = assign();
                    }
                    answerCatchUps();
                    poll();
                    if (!loaded.isDone() && reached(end)) {
                        loaded.complete(null);
                        LOG.info(
                                "event=viewLoaded topic={} keys={}", topic.name(settings.topicPrefix()), values.size());
                    }
                } catch (WakeupException e) {
                    // Somebody waits in catchUp, or close was called: the loop looks.
                } catch (KafkaException e) {
                    LOG.warn(
                            "event=viewReadFailed topic={} error={}",
                            topic.name(settings.topicPrefix()),
                            e.getClass().getSimpleName());
                    pause();
                }
            }
        } finally {
            loaded.completeExceptionally(new IllegalStateException("the view is closed"));
            catchingUp.forEach(future -> future.complete(false));
            waiting.forEach(future -> future.complete(false));
        }
    }

    private Map<TopicPartition, Long> assign() {
        List<TopicPartition> partitions = consumer.partitionsFor(topic.name(settings.topicPrefix())).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer.endOffsets(partitions);
    }

    private void poll() {
        var records = consumer.poll(POLL);
        lastPollNanos = System.nanoTime();
        records.forEach(this::apply);
        if (!catchingUp.isEmpty() && reached(target)) {
            catchingUp.forEach(future -> future.complete(true));
            catchingUp.clear();
        }
    }

    private void answerCatchUps() {
        if (waiting.isEmpty() || !catchingUp.isEmpty()) {
            return;
        }
        for (var next = waiting.poll(); next != null; next = waiting.poll()) {
            catchingUp.add(next);
        }
        try {
            target = consumer.endOffsets(consumer.assignment(), catchUpLimit);
        } catch (WakeupException e) {
            // Another caller came meanwhile: all of them look again together.
            waiting.addAll(catchingUp);
            catchingUp.clear();
            return;
        } catch (KafkaException e) {
            catchingUp.forEach(future -> future.complete(false));
            catchingUp.clear();
            return;
        }
        if (reached(target)) {
            catchingUp.forEach(future -> future.complete(true));
            catchingUp.clear();
        }
    }

    private boolean reached(Map<TopicPartition, Long> offsets) {
        return offsets.entrySet().stream().allMatch(entry -> consumer.position(entry.getKey()) >= entry.getValue());
    }

    private void apply(ConsumerRecord<String, byte[]> record) {
        if (record.key() == null) {
            malformed.increment();
            return;
        }
        V value = null;
        if (record.value() != null) {
            try {
                value = reducer.reduce(values.get(record.key()), decoder.decode(record.value()), record);
            } catch (RuntimeException e) {
                malformed.increment();
                LOG.warn(
                        "event=viewRecordMalformed topic={} partition={} offset={} error={}",
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        e.getClass().getSimpleName());
                return;
            }
        }
        if (value == null) {
            values.remove(record.key());
        } else {
            values.put(record.key(), value);
        }
        for (Listener<V> listener : listeners) {
            tell(listener, record.key(), value);
        }
    }

    private void tell(Listener<V> listener, String key, V value) {
        try {
            listener.changed(key, Optional.ofNullable(value));
        } catch (RuntimeException e) {
            LOG.error("event=viewListenerFailed topic={}", topic.name(settings.topicPrefix()), e);
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }
}
