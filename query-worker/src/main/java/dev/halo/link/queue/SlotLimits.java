package dev.halo.link.queue;

import dev.halo.protocol.query.QueryMode;

/**
 * Slots by class.
 *
 * @param total of all classes
 */
record SlotLimits(int immediate, int registered, int async, int total) {

    static SlotLimits ofSite(QueueConfig.Site site) {
        int total = site.immediate() + site.registered() + site.async();
        return new SlotLimits(site.immediate(), site.registered(), site.async(), total);
    }

    static SlotLimits ofHost(QueueConfig.Host host) {
        return new SlotLimits(host.immediate(), host.registered(), host.async(), host.total());
    }

    int of(QueryMode mode) {
        return switch (mode) {
            case IMMEDIATE -> immediate;
            case REGISTERED -> registered;
            case ASYNC -> async;
        };
    }

    /** What one integrator may hold of a class. */
    int ofOneIntegrator(QueryMode mode) {
        return Math.max(1, of(mode) / 2);
    }

    /** What a class may fill of the total: one slot is kept for immediates. */
    int totalFor(QueryMode mode) {
        return mode == QueryMode.IMMEDIATE ? total : Math.max(1, total - 1);
    }
}
