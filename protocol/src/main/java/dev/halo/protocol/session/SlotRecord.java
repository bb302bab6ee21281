package dev.halo.protocol.session;

import dev.halo.protocol.topic.Topic;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * A beat of an instance on {@code halo.slots}, keyed by {@link #key()}. A slot has no memory: each start is a new
 * incarnation, and the later one in the log owns the slot.
 *
 * @param kind which service
 * @param slot its number, from 0
 * @param incarnation of this start
 * @param startedAt of this start, by the instance's clock; for people, decides nothing
 * @param state what it does now
 */
public record SlotRecord(Kind kind, int slot, UUID incarnation, Instant startedAt, State state) {

    public SlotRecord {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(incarnation, "incarnation");
        Objects.requireNonNull(state, "state");
        requireSlot(slot);
    }

    static void requireSlot(int slot) {
        if (slot < 0 || slot >= Topic.SLOTS) {
            throw new IllegalArgumentException("slot must be from 0 to " + (Topic.SLOTS - 1) + ": " + slot);
        }
    }

    /** The Kafka key. */
    public String key() {
        return keyOf(kind, slot);
    }

    public static String keyOf(Kind kind, int slot) {
        return kind.name().toLowerCase(java.util.Locale.ROOT) + "-" + slot;
    }

    /** The services that own slots. */
    public enum Kind {
        ROUTING,
        GATEWAY
    }

    /** What an instance does. */
    public enum State {
        ACTIVE,
        DRAINING,
        STOPPED
    }
}
