package dev.halo.protocol.query;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.halo.protocol.json.WireNames;

/** How a command's text is to be read. */
public enum CommandType {
    /** SQL. */
    TEXT("text"),
    /** The name of a stored procedure, whose arguments are the parameters. */
    STORED_PROCEDURE("storedProcedure");

    private final String wire;

    CommandType(String wire) {
        this.wire = wire;
    }

    /** The name in the integrator API. */
    @JsonValue
    public String wire() {
        return wire;
    }

    @JsonCreator
    public static CommandType fromWire(String wire) {
        return WireNames.find(values(), CommandType::wire, wire);
    }
}
