package dev.halo.messaging;

import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import dev.halo.protocol.session.SlotRecord;
import dev.halo.protocol.session.SlotRecord.State;
import dev.halo.protocol.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims a slot for this process and says so every three seconds. The claim is a new incarnation that no instance before
 * had; it holds until a newer one appears in the log, or until nothing could be written for
 * {@link #MUTE_LIMIT}: then the process no longer owns what it holds, and must let go of it.
 */
public final class SlotBeacon implements AutoCloseable {

    /** Time between two beats. */
    public static final Duration INTERVAL = Duration.ofSeconds(3);

    /** Without an acknowledged beat for this long the slot is lost. */
    public static final Duration MUTE_LIMIT = Duration.ofSeconds(20);

    /** Why a slot was lost. */
    public enum LossCause {
        /** Another process claimed the slot after this one. */
        NEWER_INCARNATION,
        /** Kafka took no beat for {@link #MUTE_LIMIT}. */
        KAFKA_UNREACHABLE
    }

    /** Told once, in a thread of the beacon's, that the slot is lost. */
    @FunctionalInterface
    public interface LossListener {
        void lost(LossCause cause);
    }

    private static final Logger LOG = LoggerFactory.getLogger(SlotBeacon.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaSettings settings;
    private final Producer<String, byte[]> producer;
    private final SlotRecord.Kind kind;
    private final int slot;
    private final LossListener listener;
    private final Duration interval;
    private final Duration muteLimit;
    private final UUID incarnation = UUID.randomUUID();
    private final Instant startedAt = Instant.now();
    private final KafkaConsumer<String, byte[]> consumer;
    private final ConsumerThread watcher;
    private final ScheduledExecutorService beats;
    private final CompletableFuture<Void> claimed = new CompletableFuture<>();
    private final AtomicBoolean lost = new AtomicBoolean();
    private final AtomicBoolean beatUnderWay = new AtomicBoolean();
    private final Set<UUID> earlier = new HashSet<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private volatile State state = State.ACTIVE;
    private volatile long lastAckNanos = System.nanoTime();

    /** @param producer closed by the caller, after this */
    public SlotBeacon(
            KafkaSettings settings,
            Producer<String, byte[]> producer,
            SlotRecord.Kind kind,
            int slot,
            LossListener listener) {
        this(settings, producer, kind, slot, listener, INTERVAL, MUTE_LIMIT);
    }

    /** For tests, which do not wait as long. */
    SlotBeacon(
            KafkaSettings settings,
            Producer<String, byte[]> producer,
            SlotRecord.Kind kind,
            int slot,
            LossListener listener,
            Duration interval,
            Duration muteLimit) {
        if (slot < 0 || slot >= Topic.SLOTS) {
            throw new IllegalArgumentException("slot must be from 0 to " + (Topic.SLOTS - 1) + ", but is " + slot);
        }
        this.settings = settings;
        this.producer = producer;
        this.kind = kind;
        this.slot = slot;
        this.listener = listener;
        this.interval = interval;
        this.muteLimit = muteLimit;
        this.consumer =
                KafkaClients.assignedConsumer(settings, "halo-slot-" + SlotRecord.keyOf(kind, slot), "earliest");
        this.watcher = new ConsumerThread("slot-watch", consumer, this::watch);
        this.beats = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "slot-beat");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Starts to claim the slot. */
    public SlotBeacon start() {
        if (!stopping.get() && started.compareAndSet(false, true)) {
            lastAckNanos = System.nanoTime();
            watcher.start();
            beats.scheduleAtFixedRate(this::beat, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
        }
        return this;
    }

    /** Completes when the claim was read back from the log: from then on this process owns the slot. */
    public CompletionStage<Void> claimed() {
        return claimed;
    }

    public UUID incarnation() {
        return incarnation;
    }

    public int slot() {
        return slot;
    }

    public boolean isHeld() {
        return claimed.isDone() && !claimed.isCompletedExceptionally() && !lost.get() && !stopping.get();
    }

    /** How long ago Kafka last took a beat. */
    public Duration sinceLastAck() {
        return Duration.ofNanos(System.nanoTime() - lastAckNanos);
    }

    /** Says that this instance takes nothing new. */
    public void drain() {
        state = State.DRAINING;
        try {
            beats.execute(this::beat);
        } catch (RejectedExecutionException e) {
            // It has stopped, which says more.
        }
    }

    /** Says that this instance has stopped, and waits for Kafka to know, at most for the settings' time-out. */
    @Override
    public void close() {
        if (!stopping.compareAndSet(false, true)) {
            return;
        }
        beats.shutdown();
        // Where it was never claimed, or is another's by now, this instance has nothing to say about the slot.
        if (started.get() && !lost.get()) {
            sayStopped();
        }
        watcher.stop(settings.timeout());
        claimed.completeExceptionally(new IllegalStateException("slot " + name() + " was given up"));
    }

    private void sayStopped() {
        try {
            // A beat under way must not come behind the last word.
            beats.awaitTermination(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
            state = State.STOPPED;
            producer.send(record()).get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | KafkaException | IllegalStateException e) {
            LOG.warn(
                    "event=slotStopNotSaid slot={} error={}",
                    name(),
                    e.getClass().getSimpleName());
        }
    }

    private void beat() {
        if (stopping.get() || lost.get()) {
            return;
        }
        // One beat at a time: while Kafka is away they must not pile up in the producer.
        if (!beatUnderWay.compareAndSet(false, true)) {
            return;
        }
        try {
            producer.send(record(), (metadata, failure) -> {
                beatUnderWay.set(false);
                if (failure == null) {
                    lastAckNanos = System.nanoTime();
                }
            });
        } catch (RuntimeException e) {
            // Thrown on, it would end the beats for good.
            beatUnderWay.set(false);
            LOG.warn(
                    "event=slotBeatFailed slot={} error={}",
                    name(),
                    e.getClass().getSimpleName());
        }
    }

    private ProducerRecord<String, byte[]> record() {
        SlotRecord beat = new SlotRecord(kind, slot, incarnation, startedAt, state);
        return KafkaRecords.record(
                Topic.SLOT_BEATS.name(settings.topicPrefix()),
                0,
                beat.key(),
                MessageHeaders.of(MessageType.SLOT),
                Json.bytes(beat));
    }

    private void watch() {
        try {
            TopicPartition partition = new TopicPartition(Topic.SLOT_BEATS.name(settings.topicPrefix()), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (!watcher.isStopping() && !lost.get()) {
                try {
                    consumer.poll(POLL).forEach(this::read);
                } catch (WakeupException e) {
                    // close was called.
                } catch (RuntimeException e) {
                    LOG.warn(
                            "event=slotWatchFailed slot={} error={}",
                            name(),
                            e.getClass().getSimpleName());
                    watcher.pauseAfterFailure();
                }
                // Looked at here, since the thread of the beats may be held up in a send.
                if (!stopping.get() && sinceLastAck().compareTo(muteLimit) > 0) {
                    lose(LossCause.KAFKA_UNREACHABLE);
                }
            }
        } finally {
            claimed.completeExceptionally(new IllegalStateException("slot " + name() + " was given up"));
        }
    }

    private void read(ConsumerRecord<String, byte[]> record) {
        if (!SlotRecord.keyOf(kind, slot).equals(record.key()) || record.value() == null) {
            return;
        }
        UUID seen;
        try {
            seen = Json.read(record.value(), SlotRecord.class).incarnation();
        } catch (MalformedMessage e) {
            return;
        }
        if (seen.equals(incarnation)) {
            if (claimed.complete(null)) {
                LOG.info("event=slotClaimed slot={} incarnation={}", name(), incarnation);
            }
        } else if (!claimed.isDone()) {
            earlier.add(seen);
        } else if (!earlier.contains(seen)) {
            lose(LossCause.NEWER_INCARNATION);
        }
    }

    private void lose(LossCause cause) {
        if (lost.compareAndSet(false, true)) {
            LOG.error("event=slotLost slot={} incarnation={} cause={}", name(), incarnation, cause);
            listener.lost(cause);
        }
    }

    private String name() {
        return SlotRecord.keyOf(kind, slot);
    }
}
