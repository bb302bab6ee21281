package dev.halo.gateway.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An immediate query as integrators see it. What its status does not have is left out.
 *
 * @param errorCode as in {@code errorDetails}; kept for clients that read it here
 * @param errorMessage as in {@code errorDetails}; kept for clients that read it here
 */
@Schema(name = "ImmediateQuery", description = "A query that was answered in the response to its POST.")
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
public record QueryJson(
        UUID id,
        UUID integratorId,
        UUID siteId,
        @Schema(enumeration = "immediate") String mode,

        @Schema(enumeration = {"successful", "executionFailed"})
        String status,

        @Schema(minimum = "0", maximum = "60000", description = "Milliseconds.")
        int maxTimeInQueue,

        @Schema(description = "Bytes of the command's JSON as sent.")
        int commandSize,

        @Schema(description = "Bytes of the request's body.")
        int requestSize,

        Instant createdAt,
        Instant updatedAt,
        StatusTiming statusTiming,
        Metrics metrics,
        Result result,
        @Schema(description = "Bytes of the result's JSON.") Long resultSize,
        Instant completedAt,

        @Schema(deprecated = true, type = SchemaType.INTEGER)
        Integer errorCode,

        @Schema(deprecated = true) String errorMessage,
        ErrorDetails errorDetails) {

    /** When each stage began; stages that were not reached are left out. */
    @Schema(name = "StatusTimingImmediate")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record StatusTiming(Stage initialising, Stage executing, Stage uploading) {}

    @Schema(name = "Stage")
    public record Stage(Instant startTime) {}

    /** @param sqlExecutionDuration milliseconds inside the database */
    @Schema(name = "QueryMetrics")
    public record Metrics(
            @Schema(description = "Milliseconds inside the database.")
            long sqlExecutionDuration) {}

    /**
     * Rows, or the number of those that were changed.
     *
     * @param data set to the empty string by whoever renders; {@link QueryAnswer} puts the rows in its place
     */
    @Schema(name = "QueryResult")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"rows", "rowsAffected", "size", "data", "parameters"})
    public record Result(
            @Schema(description = "Number of rows.") Long rows,

            @Schema(description = "Rows that a nonQuery has changed.")
            Long rowsAffected,

            @Schema(description = "Bytes of the rows' JSON before base64.")
            long size,

            @Schema(
                    format = "base64",
                    description =
                            "Base64 of a JSON array with an object per row. Empty when a query is looked up later:"
                                    + " its rows are only given once.")
            String data,

            @Schema(description = "Values that came out of a procedure.")
            List<OutputParameter> parameters) {}

    /** A value that came out of a procedure; {@code value} is base64 of its UTF-8 text. */
    @Schema(name = "OutputParameter")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record OutputParameter(
            String name,
            String direction,
            String type,
            @JsonInclude(JsonInclude.Include.ALWAYS) String value,
            Integer size) {}

    /** Whose error it was. */
    @Schema(name = "ErrorDetails")
    public record ErrorDetails(
            @Schema(
                    enumeration = {"http", "fbsql", "haloLink"},
                    description = "fbsql: Firebird's own code and message. http: the code is an HTTP status. haloLink:"
                            + " anything else in the agent.")
            String errorType,

            int errorCode,
            String errorMessage) {}
}
