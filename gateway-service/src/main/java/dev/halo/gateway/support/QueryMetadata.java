package dev.halo.gateway.support;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;

/**
 * What support may see of a query: where it is and how it ended. Never SQL, parameters, rows, or the words of a database,
 * which may hold rows. What a kind of query does not have is left out.
 *
 * @param mode immediate, async or registered
 * @param status as the integrator sees it
 * @param httpStatus of an immediate query's answer
 * @param errorType fbsql, http or haloLink; of a registered query of its last failed run
 * @param runs how often it has begun; of a registered query its runs
 * @param atLink whether an async query was sent to its Link, or waits here
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record QueryMetadata(
        UUID id,
        String mode,
        UUID integratorId,
        UUID siteId,
        UUID linkId,
        String status,
        Instant createdAt,
        Instant updatedAt,
        Instant completedAt,
        Integer httpStatus,
        Integer maxTimeInQueue,
        Boolean mayWrite,
        Boolean atLink,
        Instant sentAt,
        Instant queuedAt,
        Instant executingAt,
        Instant uploadingAt,
        Long rows,
        Long resultSize,
        Integer pages,
        Boolean pagesRemoved,
        String errorType,
        Integer errorCode,
        Integer cancelCode,
        Long runs,
        Integer frequencySeconds,
        Integer durationSeconds) {}
