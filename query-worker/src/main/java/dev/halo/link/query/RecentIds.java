package dev.halo.link.query;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;

/** Remembers something of queries for two hours, bounded: the oldest goes first. */
final class RecentIds<V> {

    /** As long as a query may wait at a gateway. */
    static final Duration KEPT = Duration.ofHours(2);

    private final int bound;
    private final LongSupplier nanoTime;
    private final Map<UUID, Remembered<V>> ids = new LinkedHashMap<>();

    private record Remembered<V>(V value, long since) {}

    RecentIds(int bound, LongSupplier nanoTime) {
        this.bound = bound;
        this.nanoTime = nanoTime;
    }

    synchronized void put(UUID id, V value) {
        ids.remove(id);
        ids.put(id, new Remembered<>(value, nanoTime.getAsLong()));
        Iterator<Remembered<V>> oldest = ids.values().iterator();
        while (oldest.hasNext() && (isOver(oldest.next()) || ids.size() > bound)) {
            oldest.remove();
        }
    }

    synchronized Optional<V> get(UUID id) {
        Remembered<V> found = ids.get(id);
        return found == null || isOver(found) ? Optional.empty() : Optional.of(found.value());
    }

    private boolean isOver(Remembered<V> remembered) {
        return nanoTime.getAsLong() - remembered.since() > KEPT.toNanos();
    }
}
