package dev.halo.messaging;

import dev.halo.protocol.json.Json;
import dev.halo.protocol.session.SlotRecord;
import dev.halo.protocol.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Which instance owns each slot, and when it was last heard, by this process's clock. Of two incarnations of a slot the
 * one that appeared later in the log owns it; what the earlier one still sends is ignored.
 */
public final class SlotDirectory implements AutoCloseable {

    /** After this silence a slot counts as dead. */
    public static final Duration SILENCE = Duration.ofSeconds(10);

    private static final int REMEMBERED_INCARNATIONS = 16;

    /** An owner of a slot. */
    private static final class Owner {
        private final SlotRecord record;
        private final Instant heardAt;
        private final Map<UUID, Instant> earlier;

        private Owner(SlotRecord record, Instant heardAt, Map<UUID, Instant> earlier) {
            this.record = record;
            this.heardAt = heardAt;
            this.earlier = earlier;
        }
    }

    private final Map<String, Owner> owners = new ConcurrentHashMap<>();
    private final CompactedView<SlotRecord> view;
    private final MonotonicClock clock;

    public SlotDirectory(KafkaSettings settings) {
        this.clock = new MonotonicClock();
        this.view = CompactedView.of(
                settings,
                Topic.SLOT_BEATS,
                value -> Json.read(value, SlotRecord.class),
                this::apply,
                Duration.ofMillis(300));
    }

    public SlotDirectory start() {
        view.start();
        return this;
    }

    public CompletionStage<Void> loaded() {
        return view.loaded();
    }

    public boolean isLoaded() {
        return view.isLoaded();
    }

    /** Whether this incarnation owns the slot, has not stopped and was heard within {@link #SILENCE}. */
    public boolean isLive(SlotRecord.Kind kind, int slot, UUID incarnation) {
        Owner owner = owners.get(SlotRecord.keyOf(kind, slot));
        return owner != null
                && owner.record.incarnation().equals(incarnation)
                && owner.record.state() != SlotRecord.State.STOPPED
                && Duration.between(owner.heardAt, clock.now()).compareTo(SILENCE) <= 0;
    }

    /** How many slots of a kind have an owner that takes new work: heard within {@link #SILENCE} and not draining. */
    public int active(SlotRecord.Kind kind) {
        Instant now = clock.now();
        int active = 0;
        for (Owner owner : owners.values()) {
            if (owner.record.kind() == kind
                    && owner.record.state() == SlotRecord.State.ACTIVE
                    && Duration.between(owner.heardAt, now).compareTo(SILENCE) <= 0) {
                active++;
            }
        }
        return active;
    }

    /** When this incarnation of a slot was last heard; empty if it never was, or long ago. */
    public Optional<Instant> lastHeard(SlotRecord.Kind kind, int slot, UUID incarnation) {
        Owner owner = owners.get(SlotRecord.keyOf(kind, slot));
        if (owner == null) {
            return Optional.empty();
        }
        return owner.record.incarnation().equals(incarnation)
                ? Optional.of(owner.heardAt)
                : Optional.ofNullable(owner.earlier.get(incarnation));
    }

    /** What the owner of a slot said last. */
    public Optional<SlotRecord> owner(SlotRecord.Kind kind, int slot) {
        return Optional.ofNullable(owners.get(SlotRecord.keyOf(kind, slot))).map(owner -> owner.record);
    }

    /** The clock by which this directory tells times. */
    public Instant now() {
        return clock.now();
    }

    @Override
    public void close() {
        view.close();
    }

    private SlotRecord apply(SlotRecord current, SlotRecord incoming, ConsumerRecord<String, byte[]> record) {
        Owner owner = owners.get(record.key());
        if (owner != null && owner.earlier.containsKey(incoming.incarnation())) {
            return current;
        }
        // While loading, a beat may be old: its age is all that is known of it. Afterwards the moment of arrival
        // counts.
        Instant heardAt = view.isLoaded() ? clock.now() : clock.now().minusMillis(age(record));
        Map<UUID, Instant> earlier = owner == null ? Map.of() : owner.earlier;
        if (owner != null && !owner.record.incarnation().equals(incoming.incarnation())) {
            earlier = remember(owner);
        }
        owners.put(record.key(), new Owner(incoming, heardAt, earlier));
        return incoming;
    }

    private static Map<UUID, Instant> remember(Owner replaced) {
        Map<UUID, Instant> earlier = new LinkedHashMap<>(replaced.earlier);
        earlier.put(replaced.record.incarnation(), replaced.heardAt);
        if (earlier.size() > REMEMBERED_INCARNATIONS) {
            earlier.remove(earlier.keySet().iterator().next());
        }
        return earlier;
    }

    private static long age(ConsumerRecord<?, ?> record) {
        return KafkaRecords.ageMillis(record, System.currentTimeMillis());
    }
}
