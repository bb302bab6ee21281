package dev.halo.gateway.registered;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.halo.gateway.query.QueryJson;
import dev.halo.protocol.query.QueryFailure;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A registered query as integrators see it. What it does not have yet is left out. */
@Schema(name = "RegisteredQuery", description = "A query that runs again and again at the practice.")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"id", "name", "registeredQueryType", "status", "frequency", "duration"})
record RegisteredJson(
        UUID id,
        String name,
        @Schema(enumeration = "query") String registeredQueryType,

        @Schema(enumeration = {"initialisationFailedCacheError", "enabled", "cancelled", "completed"})
        String status,

        @Schema(description = "Seconds.") int frequency,
        @Schema(description = "Seconds.") int duration,

        @Schema(description = "Base64 of the SHA-256 of the latest result's JSON.")
        String lastHash,

        @Schema(description = "Of the last run that failed, or why it has ended.")
        QueryJson.ErrorDetails lastErrorDetails,

        Metrics metrics,
        Instant createdAt,

        @Schema(description = "When it had run its duration.")
        Instant completedAt) {

    /** What its runs have come to. */
    @Schema(name = "RegisteredQueryMetrics")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Metrics(
            Instant lastSucceededAt,
            Instant lastFailedAt,
            @Schema(description = "Milliseconds.") Long lastExecutionDuration,
            long executionSucceededCount,
            long executionFailedCount,

            @Schema(description = "Bytes of JSON of the results that had changed.")
            long resultSizeSum,

            @Schema(description = "Bytes of the registration's body.")
            int requestSize) {}

    /** The answer to a registration. */
    @Schema(name = "RegisteredQueryId")
    record Created(UUID id) {}

    /** All that an integrator has registered with a site. */
    @Schema(name = "RegisteredQueries")
    record Many(List<RegisteredJson> registeredQueries) {}

    /** The latest result. */
    @Schema(name = "RegisteredQueryResult")
    @JsonPropertyOrder({"data", "parameters", "rows", "size"})
    record Result(
            @Schema(format = "base64", description = "Base64 of a JSON array with an object per row.")
            String data,

            List<QueryJson.OutputParameter> parameters,
            long rows,

            @Schema(description = "Bytes of the rows' JSON before base64.")
            long size) {}

    static RegisteredJson of(Registration registration) {
        Registration.Metrics metrics = registration.metrics();
        return new RegisteredJson(
                registration.id(),
                registration.name(),
                "query",
                registration.status().wire(),
                registration.frequencySeconds(),
                registration.durationSeconds(),
                registration.lastHash(),
                details(registration.lastError()),
                new Metrics(
                        metrics.lastSucceededAt(),
                        metrics.lastFailedAt(),
                        metrics.lastExecutionMillis(),
                        metrics.succeeded(),
                        metrics.failed(),
                        metrics.resultSizeSum(),
                        metrics.requestSize()),
                registration.createdAt(),
                registration.completedAt());
    }

    private static QueryJson.ErrorDetails details(QueryFailure failure) {
        return failure == null
                ? null
                : new QueryJson.ErrorDetails(failure.type().wire(), failure.code(), failure.message());
    }
}
