package dev.halo.link.queue;

import dev.halo.protocol.query.QueryMode;
import java.util.EnumMap;
import java.util.Map;

/**
 * The threads of the whole Link that are in use: nothing starts without one, so that what waits for a thread waits in the
 * queue, where its time is watched. Not thread-safe: the queue's lock guards it.
 */
final class ThreadUse {

    private final int immediates;
    private final int background;
    private final Map<QueryMode, Integer> byMode = new EnumMap<>(QueryMode.class);

    /** @param background of asyncs and runs together; one of several is kept from either class for the other */
    ThreadUse(int immediates, int background) {
        this.immediates = immediates;
        this.background = background;
    }

    boolean hasRoom(QueryMode mode) {
        int used = byMode.getOrDefault(mode, 0);
        if (mode == QueryMode.IMMEDIATE) {
            return used < immediates;
        }
        int all = byMode.getOrDefault(QueryMode.REGISTERED, 0) + byMode.getOrDefault(QueryMode.ASYNC, 0);
        return all < background && used < Math.max(1, background - 1);
    }

    void take(QueryMode mode) {
        byMode.merge(mode, 1, Integer::sum);
    }

    void giveBack(QueryMode mode) {
        byMode.merge(mode, -1, Integer::sum);
    }
}
