package dev.halo.gateway.async;

import java.time.Instant;
import java.util.UUID;

/**
 * An async query as its row says. The command is not in it.
 *
 * @param linkId of the site's Link: only its reports count
 * @param createdAt to the millisecond, the same that the id holds
 * @param maxTimeInQueue milliseconds
 * @param commandSize bytes of the command as sent
 * @param requestSize bytes of the body
 * @param mayWrite whether running it twice could do harm
 * @param enabledSince when its integrator had been enabled as it was made, by the registry's clock; {@code createdAt}
 *     where the registry does not say
 */
public record AsyncQuery(
        UUID id,
        UUID integratorId,
        UUID siteId,
        UUID linkId,
        Instant createdAt,
        int maxTimeInQueue,
        int commandSize,
        int requestSize,
        boolean mayWrite,
        Instant enabledSince,
        Progress progress) {

    AsyncQuery with(Progress next) {
        return new AsyncQuery(
                id,
                integratorId,
                siteId,
                linkId,
                createdAt,
                maxTimeInQueue,
                commandSize,
                requestSize,
                mayWrite,
                enabledSince,
                next);
    }

    public AsyncStatus status() {
        return progress.status();
    }

    public boolean hasEnded() {
        return progress.status().isEnd();
    }

    /** Until when it may wait for its start. */
    public Instant deadline() {
        return createdAt.plusMillis(maxTimeInQueue);
    }
}
