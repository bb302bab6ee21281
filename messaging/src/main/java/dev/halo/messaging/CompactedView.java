package dev.halo.messaging;

import dev.halo.protocol.topic.Topic;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
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
    private static final Duration POLL_WHILE_CATCHING_UP = Duration.ofMillis(50);

    private final KafkaSettings settings;
    private final Topic topic;
    private final Decoder<V> decoder;
    private final Reducer<V> reducer;
    private final Predicate<String> wanted;
    private final Duration catchUpLimit;
    private final KafkaConsumer<String, byte[]> consumer;
    private final ConsumerThread thread;
    private final Map<String, V> values = new ConcurrentHashMap<>();
    private final List<Listener<V>> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();
    /** Guards {@link #nextRound}. */
    private final Object rounds = new Object();
    /** True while the thread waits for records and a caller may wake it. */
    private final AtomicBoolean idle = new AtomicBoolean();

    private final LongAdder malformed = new LongAdder();
    /** What callers of {@link #catchUp()} share until the thread looks at the end for them; null without callers. */
    private CompletableFuture<Boolean> nextRound;
    /** The callers for whom {@link #target} is being read; null without. Of the thread alone. */
    private CompletableFuture<Boolean> round;

    private Map<TopicPartition, Long> target = Map.of();
    /** Null until somebody asks for the end. Of the thread alone. */
    private TopicEnds ends;

    private volatile long lastPollNanos = System.nanoTime();

    private CompactedView(
            KafkaSettings settings,
            Topic topic,
            Decoder<V> decoder,
            Reducer<V> reducer,
            Predicate<String> wanted,
            Duration catchUpLimit) {
        this.settings = settings;
        this.topic = topic;
        this.decoder = decoder;
        this.reducer = reducer;
        this.wanted = wanted;
        this.catchUpLimit = catchUpLimit;
        this.consumer = KafkaClients.assignedConsumer(settings, "halo-view-" + topic.baseName(), "earliest");
        this.thread = new ConsumerThread("view-" + topic.baseName(), consumer, this::run);
    }

    /**
     * A view that is not yet started.
     *
     * @param catchUpLimit how long {@link #catchUp()} takes at the most
     */
    public static <V> CompactedView<V> of(
            KafkaSettings settings, Topic topic, Decoder<V> decoder, Reducer<V> reducer, Duration catchUpLimit) {
        return of(settings, topic, decoder, reducer, key -> true, catchUpLimit);
    }

    /**
     * As above, of a topic that also has records of another kind.
     *
     * @param wanted the keys whose records belong to this view; all others are skipped unread
     */
    public static <V> CompactedView<V> of(
            KafkaSettings settings,
            Topic topic,
            Decoder<V> decoder,
            Reducer<V> reducer,
            Predicate<String> wanted,
            Duration catchUpLimit) {
        return new CompactedView<>(settings, topic, decoder, reducer, wanted, catchUpLimit);
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
        return Collections.unmodifiableMap(values);
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
     * Reads up to the topic's end of this moment. Callers that come together share one look at the end, and its time
     * limit. The stage completes in the view's thread or in a timer's: a caller with work to do hops to its own.
     *
     * @return true when that end was reached, false when it was not within the limit; never fails
     */
    public CompletionStage<Boolean> catchUp() {
        CompletableFuture<Boolean> shared;
        synchronized (rounds) {
            if (nextRound == null || nextRound.isDone()) {
                nextRound = new CompletableFuture<Boolean>()
                        .completeOnTimeout(false, catchUpLimit.toMillis(), TimeUnit.MILLISECONDS);
            }
            shared = nextRound;
        }
        if (thread.isStopping()) {
            shared.complete(false);
        } else if (idle.compareAndSet(true, false)) {
            consumer.wakeup();
        }
        return shared.copy();
    }

    @Override
    public void close() {
        thread.stop(settings.timeout());
        // Where the thread never ran there is nobody else to say so.
        loaded.completeExceptionally(new IllegalStateException("the view is closed"));
    }

    private void run() {
        Map<TopicPartition, Long> end = null;
        try {
            while (!thread.isStopping()) {
                try {
                    if (end == null) {
                        end = assign();
                    }
                    beginRound();
                    poll();
                    endRound();
                    if (!loaded.isDone() && reached(end)) {
                        LOG.info(
                                "event=viewLoaded topic={} keys={}", topic.name(settings.topicPrefix()), values.size());
                        loaded.complete(null);
                    }
                } catch (WakeupException e) {
                    // Somebody waits in catchUp, or close was called: the loop looks.
                } catch (RuntimeException e) {
                    // Whatever it is: a view that stopped reading would go on answering what was true long ago.
                    LOG.warn(
                            "event=viewReadFailed topic={} error={}",
                            topic.name(settings.topicPrefix()),
                            e.getClass().getSimpleName());
                    thread.pauseAfterFailure();
                }
            }
        } finally {
            loaded.completeExceptionally(new IllegalStateException("the view is closed"));
            finishRound(false);
            closeEnds();
        }
    }

    private Map<TopicPartition, Long> assign() {
        String name = topic.name(settings.topicPrefix());
        List<TopicPartition> partitions = consumer.partitionsFor(name).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        if (partitions.size() < topic.partitions()) {
            // Without this check a topic that is not there yet would pass for an empty one.
            throw new UnknownTopicOrPartitionException(name);
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer.endOffsets(partitions);
    }

    private void poll() {
        if (round == null) {
            idle.set(true);
            synchronized (rounds) {
                if (nextRound != null) {
                    // It came before idle was set, so nobody would wake the poll.
                    idle.set(false);
                    return;
                }
            }
        }
        try {
            var records = consumer.poll(round == null ? POLL : POLL_WHILE_CATCHING_UP);
            lastPollNanos = System.nanoTime();
            records.forEach(this::apply);
        } finally {
            idle.set(false);
        }
    }

    private void beginRound() {
        if (round != null && round.isDone()) {
            // Its time is over.
            round = null;
        }
        if (round != null) {
            return;
        }
        synchronized (rounds) {
            round = nextRound;
            nextRound = null;
        }
        if (round == null) {
            return;
        }
        try {
            target = endOffsets();
        } catch (KafkaException e) {
            finishRound(false);
            return;
        }
        endRound();
    }

    private Map<TopicPartition, Long> endOffsets() {
        if (ends == null) {
            ends = new TopicEnds(settings, "halo-ends-" + topic.baseName());
        }
        return ends.of(consumer.assignment(), catchUpLimit);
    }

    private void closeEnds() {
        if (ends != null) {
            ends.close();
        }
    }

    private void endRound() {
        if (round != null && reached(target)) {
            finishRound(true);
        }
    }

    private void finishRound(boolean caughtUp) {
        if (round != null) {
            round.complete(caughtUp);
            round = null;
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
        if (!wanted.test(record.key())) {
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
            LOG.error(
                    "event=viewListenerFailed topic={} error={}",
                    topic.name(settings.topicPrefix()),
                    e.getClass().getSimpleName());
            LOG.debug("event=viewListenerFailed", e);
        }
    }
}
