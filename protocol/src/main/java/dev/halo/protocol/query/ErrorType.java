package dev.halo.protocol.query;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.halo.protocol.json.WireNames;

/** Whose error it is that ended a query. */
public enum ErrorType {
    /** Transport; the code is an HTTP status. */
    HTTP("http"),
    /** Firebird's own code (gdscode) and message. */
    FBSQL("fbsql"),
    /** Anything else in the agent; the code is a {@link LinkErrorCode}. */
    HALO_LINK("haloLink");

    private final String wire;

    ErrorType(String wire) {
        this.wire = wire;
    }

    @JsonValue
    public String wire() {
        return wire;
    }

    @JsonCreator
    public static ErrorType fromWire(String wire) {
        return WireNames.find(values(), ErrorType::wire, wire);
    }
}
