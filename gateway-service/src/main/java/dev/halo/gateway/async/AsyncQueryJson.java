package dev.halo.gateway.async;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.halo.gateway.query.QueryJson;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An async query as integrators see it. What its status does not have is left out.
 *
 * @param errorCode as in {@code errorDetails}; kept for clients that read it here
 * @param errorMessage as in {@code errorDetails}; kept for clients that read it here
 */
@Schema(name = "AsyncQuery", description = "A query that runs on its own; its status says where it is.")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "id",
    "integratorId",
    "siteId",
    "mode",
    "status",
    "maxTimeInQueue",
    "commandSize",
    "requestSize",
    "createdAt",
    "updatedAt",
    "statusTiming",
    "metrics",
    "result",
    "resultSize",
    "completedAt"
})
public record AsyncQueryJson(
        UUID id,
        UUID integratorId,
        UUID siteId,
        @Schema(enumeration = "async") String mode,

        @Schema(
                enumeration = {
                    "initialising",
                    "initialisationFailedCacheError",
                    "initialisationFailedSiteOffline",
                    "initialisationFailedSiteUnreachable",
                    "queued",
                    "expiredInQueue",
                    "executing",
                    "executionFailed",
                    "uploading",
                    "uploadFailed",
                    "successful"
                })
        String status,

        @Schema(minimum = "0", maximum = "7200000", description = "Milliseconds.")
        int maxTimeInQueue,

        @Schema(description = "Bytes of the command's JSON as sent.")
        int commandSize,

        @Schema(description = "Bytes of the request's body.")
        int requestSize,

        Instant createdAt,
        Instant updatedAt,
        StatusTiming statusTiming,
        QueryJson.Metrics metrics,
        Result result,
        @Schema(description = "Bytes of the pages' JSON.") Long resultSize,
        Instant completedAt,

        @Schema(deprecated = true, type = SchemaType.INTEGER)
        Integer errorCode,

        @Schema(deprecated = true) String errorMessage,
        QueryJson.ErrorDetails errorDetails) {

    /** When each stage began and ended; stages that were not reached are left out. */
    @Schema(name = "StatusTiming")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record StatusTiming(Period initialising, Period queued, Period executing, Period uploading) {}

    /** @param endTime null while it lasts */
    @Schema(name = "Period")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Period(Instant startTime, Instant endTime) {}

    /** Rows in pages, or the number of those that were changed. */
    @Schema(name = "AsyncResult")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Result(
            @Schema(description = "Number of rows.") Long rows,

            @Schema(description = "Rows that a nonQuery has changed.")
            Long rowsAffected,

            @Schema(description = "Bytes of the pages' JSON.")
            long size,

            @Schema(description = "Empty once they cannot be fetched any more.")
            List<Page> pages,

            @Schema(description = "Values that came out of a procedure.")
            List<QueryJson.OutputParameter> parameters) {}

    /** One page; only a cached one has a size and rows. */
    @Schema(name = "Page")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Page(
            @Schema(minimum = "1") int pageNumber,

            @Schema(
                    enumeration = {"queued", "uploading", "cached"},
                    description = "cached: it can be fetched.")
            String status,

            @Schema(description = "Bytes of its JSON.") Long size,
            Rows rows) {}

    /** Which rows of the result a page has; both ends are counted from 0 and belong to it. */
    @Schema(name = "Rows")
    public record Rows(long count, long rangeStart, long rangeEnd) {}
}
