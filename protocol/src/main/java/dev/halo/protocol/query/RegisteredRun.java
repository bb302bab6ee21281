package dev.halo.protocol.query;

import java.util.Objects;
import java.util.UUID;

/**
 * One run of a registered query.
 *
 * @param runId of this run, by which it is acknowledged
 * @param registeredId of the registration
 * @param number grows with each run of the registration; a lower one than known is old news
 * @param hash base64 of the SHA-256 of the result's JSON; null where there are no rows
 * @param changed whether the hash differs from that of the run before, and so whether the result was PUT
 * @param outcome rows are {@link Outcome.Storage#STORED}, also where they are unchanged and were not sent again
 */
public record RegisteredRun(UUID runId, UUID registeredId, long number, String hash, boolean changed, Outcome outcome) {
    public RegisteredRun {
        Objects.requireNonNull(runId, "runId");
        Objects.requireNonNull(registeredId, "registeredId");
        Objects.requireNonNull(outcome, "outcome");
        if (number < 1) {
            throw new IllegalArgumentException("number must be at least 1: " + number);
        }
    }
}
