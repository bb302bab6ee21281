package dev.halo.link.journal;

import java.util.Objects;
import java.util.UUID;

/**
 * Which run of which registered query a write is.
 *
 * @param number of the run
 */
public record RunOf(UUID registeredId, long number) {
    public RunOf {
        Objects.requireNonNull(registeredId, "registeredId");
    }
}
