package dev.halo.link.queue;

import dev.halo.link.queue.FairQueue.Waiting;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/** One class's tasks: sites take turns, at a site integrators take turns, an integrator's go in their order. */
final class ClassLine {

    /** A line of one integrator at one site; all its tasks need the same slots, so that its first one stands for all. */
    private record Place(UUID siteId, UUID integratorId) {}

    private final Map<UUID, Map<Place, LinkedHashSet<Waiting>>> bySite = new LinkedHashMap<>();

    void add(Waiting entry) {
        Place place = place(entry);
        bySite.computeIfAbsent(place.siteId(), id -> new LinkedHashMap<>())
                .computeIfAbsent(place, id -> new LinkedHashSet<>())
                .add(entry);
    }

    void remove(Waiting entry) {
        Place place = place(entry);
        Map<Place, LinkedHashSet<Waiting>> lines = bySite.get(place.siteId());
        LinkedHashSet<Waiting> line = lines == null ? null : lines.get(place);
        if (line == null) {
            return;
        }
        line.remove(entry);
        if (line.isEmpty()) {
            lines.remove(place);
        }
        if (lines.isEmpty()) {
            bySite.remove(place.siteId());
        }
    }

    /** The task whose turn it is, of those that there is room for; its integrator and its site go to the end. */
    Optional<Waiting> next(Predicate<QueueKey> hasRoom) {
        for (Map.Entry<UUID, Map<Place, LinkedHashSet<Waiting>>> site : bySite.entrySet()) {
            Optional<Waiting> found = nextOf(site.getValue(), hasRoom);
            if (found.isPresent()) {
                toTheEnd(bySite, site.getKey());
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<Waiting> nextOf(Map<Place, LinkedHashSet<Waiting>> lines, Predicate<QueueKey> hasRoom) {
        for (Map.Entry<Place, LinkedHashSet<Waiting>> line : lines.entrySet()) {
            Iterator<Waiting> first = line.getValue().iterator();
            Waiting entry = first.next();
            if (hasRoom.test(entry.key())) {
                toTheEnd(lines, line.getKey());
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    private static <K, V> void toTheEnd(Map<K, V> map, K key) {
        map.put(key, map.remove(key));
    }

    private static Place place(Waiting entry) {
        return new Place(entry.key().siteId(), entry.key().integratorId());
    }
}
