package dev.halo.gateway.query;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The bodies that {@link CommandReader} reads, for the OpenAPI document. */
public final class CommandSchema {

    private CommandSchema() {}

    /** The body of an immediate query. */
    @Schema(name = "ImmediateCommand")
    public record Immediate(
            @Schema(
                    minimum = "0",
                    maximum = "60000",
                    defaultValue = "30000",
                    description = "Milliseconds that it may wait at the practice before it starts; 0: only if at once.")
            Integer maxTimeInQueue,

            @Schema(description = "One of the site's databases; the patient database if left out.")
            String catalogue,

            @Schema(required = true) Command command) {}

    /** The body of a registration. */
    @Schema(name = "RegisteredQueryRequest")
    public record Registered(
            @Schema(required = true, minLength = 1, maxLength = 200)
            String name,

            @Schema(required = true, enumeration = "query") String registeredQueryType,

            @Schema(
                    required = true,
                    minimum = "60",
                    maximum = "86400",
                    description = "Seconds from the start of one run to the start of the next.")
            Integer frequency,

            @Schema(
                    required = true,
                    minimum = "60",
                    maximum = "86400",
                    description = "Seconds for which it is registered; not below the frequency. A run that is due at"
                            + " its end still happens.")
            Integer duration,

            @Schema(required = true) RegisterCommand registerCommand) {}

    /** What a registered query runs, and where. */
    @Schema(name = "RegisterCommand")
    public record RegisterCommand(
            @Schema(required = true) Command command,

            @Schema(description = "One of the site's databases; the patient database if left out.")
            String catalogue) {}

    /** The body of an async query. */
    @Schema(name = "AsyncCommand")
    public record Async(
            @Schema(
                    minimum = "0",
                    maximum = "7200000",
                    defaultValue = "3600000",
                    description = "Milliseconds that it may wait before it starts; 0: only if at once.")
            Integer maxTimeInQueue,

            @Schema(description = "One of the site's databases; the patient database if left out.")
            String catalogue,

            @Schema(required = true) Command command) {}

    /** What to run. */
    @Schema(name = "Command")
    public record Command(
            @Schema(required = true, maxLength = 262144, description = "SQL, or the name of a stored procedure.")
            String text,

            @Schema(
                    enumeration = {"reader", "nonQuery", "scalar"},
                    defaultValue = "reader",
                    description =
                            "reader: rows. nonQuery: a count of changes. scalar: the first column of the first row.")
            String executionMode,

            @Schema(
                    enumeration = {"text", "storedProcedure"},
                    defaultValue = "text")
            String type,

            @Schema(maxItems = 1500) List<Parameter> parameters) {}

    /** A value for, or from, the statement. */
    @Schema(name = "Parameter")
    public record Parameter(
            @Schema(required = true, description = "As in the SQL, with or without @.")
            String name,

            @Schema(
                    enumeration = {"output", "input", "inputOutput", "returnValue"},
                    defaultValue = "input")
            String direction,

            @Schema(
                    enumeration = {
                        "BigInt",
                        "Binary",
                        "Bit",
                        "Char",
                        "String",
                        "Date",
                        "DateTime",
                        "DateTime2",
                        "DateTimeOffset",
                        "Decimal",
                        "Float",
                        "Image",
                        "Int",
                        "Money",
                        "NChar",
                        "NText",
                        "NVarChar",
                        "Real",
                        "SmallDateTime",
                        "SmallInt",
                        "SmallMoney",
                        "Structured",
                        "Text",
                        "Time",
                        "Timestamp",
                        "TinyInt",
                        "Udt",
                        "UniqueIdentifier",
                        "VarBinary",
                        "VarChar",
                        "Variant",
                        "Xml"
                    })
            String type,

            @Schema(
                    type = SchemaType.STRING,
                    nullable = true,
                    description = "Text, also for numbers and dates; null is SQL NULL.")
            String value,

            Integer size) {}
}
