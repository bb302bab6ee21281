package dev.halo.gateway.registered;

import dev.halo.protocol.query.QueryFailure;
import java.time.Instant;
import java.util.UUID;

/**
 * A registered query as its integrator may see it.
 *
 * @param status as the API names it
 * @param enabledSince when its integrator had been enabled as it was registered; {@code createdAt} where nobody says
 * @param completedAt null unless it has run its duration
 * @param lastHash of the result that is shown; null before the first
 * @param lastError of the last run that failed, or why it has ended; null where nothing has failed
 * @param hasResult whether there is a result to show
 */
record Registration(
        UUID id,
        UUID integratorId,
        UUID siteId,
        UUID linkId,
        String name,
        Status status,
        int frequencySeconds,
        int durationSeconds,
        Instant createdAt,
        Instant enabledSince,
        Instant completedAt,
        String lastHash,
        QueryFailure lastError,
        boolean hasResult,
        Metrics metrics) {

    /** Where a registration is. */
    enum Status {
        ENABLED("enabled"),
        CANCELLED("cancelled"),
        COMPLETED("completed"),
        NEVER_BEGAN("initialisationFailedCacheError");

        private final String wire;

        Status(String wire) {
            this.wire = wire;
        }

        String wire() {
            return wire;
        }

        static Status fromWire(String wire) {
            for (Status status : values()) {
                if (status.wire.equals(wire)) {
                    return status;
                }
            }
            throw new IllegalArgumentException("no status of a registered query");
        }
    }

    /**
     * What its runs have come to.
     *
     * @param lastExecutionMillis at the Link; null before the first run
     * @param resultSizeSum bytes of JSON of the results that were uploaded
     * @param requestSize bytes of the registration's body
     */
    record Metrics(
            Instant lastSucceededAt,
            Instant lastFailedAt,
            Long lastExecutionMillis,
            long succeeded,
            long failed,
            long resultSizeSum,
            int requestSize) {}
}
