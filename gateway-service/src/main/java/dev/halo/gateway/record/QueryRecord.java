package dev.halo.gateway.record;

import java.time.Instant;
import java.util.UUID;

/**
 * How an immediate query ended, for whoever asks later.
 *
 * @param document the query object's JSON, without rows and output values
 */
public record QueryRecord(
        UUID queryId,
        UUID integratorId,
        UUID siteId,
        Instant createdAt,
        Instant completedAt,
        int httpStatus,
        String document) {}
