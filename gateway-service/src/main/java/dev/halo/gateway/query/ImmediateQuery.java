package dev.halo.gateway.query;

import java.time.Instant;
import java.util.UUID;

/**
 * What is known of an immediate query from its beginning.
 *
 * @param createdAt to the millisecond, the same that its id holds
 */
public record ImmediateQuery(
        UUID id,
        UUID integratorId,
        UUID siteId,
        int maxTimeInQueue,
        int commandSize,
        int requestSize,
        Instant createdAt) {}
