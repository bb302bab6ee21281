package dev.halo.protocol.query;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * A registered query on its way to the Link that runs it. Times travel as what remains of them, because the Link's clock
 * decides nothing.
 *
 * @param queryId of the registration
 * @param command what each run executes
 * @param catalogue one of the site's databases; null for the default one
 * @param frequencySeconds from the start of one run to the start of the next
 * @param firstRunMillis until the next run that is due, counted from the moment it is received; negative for one that was
 *     due so long ago and happens at once, from when the later ones are counted all the same
 * @param remainingMillis until the registration ends; a run due at that moment still happens
 * @param lastNumber of the runs that are known to the cloud, 0 before the first; the next has a higher one
 * @param lastHash of the result that the cloud holds, see {@link RegisteredRun#hash()}; null where it holds none
 * @param createdAt the gateway's time of creation
 */
public record RegisteredRequest(
        UUID queryId,
        UUID siteId,
        UUID integratorId,
        Command command,
        String catalogue,
        long frequencySeconds,
        long firstRunMillis,
        long remainingMillis,
        long lastNumber,
        String lastHash,
        Instant createdAt) {

    public RegisteredRequest {
        Objects.requireNonNull(queryId, "queryId");
        Objects.requireNonNull(siteId, "siteId");
        Objects.requireNonNull(integratorId, "integratorId");
        Objects.requireNonNull(command, "command");
        Objects.requireNonNull(createdAt, "createdAt");
        if (frequencySeconds < 1) {
            throw new IllegalArgumentException("frequencySeconds must be at least 1: " + frequencySeconds);
        }
        if (remainingMillis < 0 || lastNumber < 0) {
            throw new IllegalArgumentException("what remains and numbers must not be negative");
        }
    }

    /** The same registration some time later; what was due meanwhile is due now. */
    public RegisteredRequest after(long millis) {
        return new RegisteredRequest(
                queryId,
                siteId,
                integratorId,
                command,
                catalogue,
                frequencySeconds,
                firstRunMillis - millis,
                Math.max(0, remainingMillis - millis),
                lastNumber,
                lastHash,
                createdAt);
    }
}
