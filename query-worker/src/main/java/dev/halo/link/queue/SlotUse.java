package dev.halo.link.queue;

import dev.halo.protocol.query.QueryMode;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** The slots of one site or one database server that are in use. Not thread-safe: the queue's lock guards it. */
final class SlotUse {

    private final SlotLimits limits;
    private final Map<QueryMode, Map<UUID, Integer>> byIntegrator = new EnumMap<>(QueryMode.class);
    private final Map<QueryMode, Integer> byMode = new EnumMap<>(QueryMode.class);
    private int total;

    SlotUse(SlotLimits limits) {
        this.limits = limits;
    }

    boolean hasRoom(QueryMode mode) {
        return byMode.getOrDefault(mode, 0) < limits.of(mode) && total < limits.totalFor(mode);
    }

    boolean hasRoom(QueryMode mode, UUID integrator) {
        return hasRoom(mode)
                && byIntegrator.getOrDefault(mode, Map.of()).getOrDefault(integrator, 0) < limits.ofOneIntegrator(mode);
    }

    void take(QueryMode mode, UUID integrator) {
        total++;
        byMode.merge(mode, 1, Integer::sum);
        byIntegrator.computeIfAbsent(mode, key -> new HashMap<>()).merge(integrator, 1, Integer::sum);
    }

    void giveBack(QueryMode mode, UUID integrator) {
        total--;
        byMode.merge(mode, -1, Integer::sum);
        byIntegrator.get(mode).computeIfPresent(integrator, (key, used) -> used == 1 ? null : used - 1);
    }

    int total() {
        return total;
    }
}
