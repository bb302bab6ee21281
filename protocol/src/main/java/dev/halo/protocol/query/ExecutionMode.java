package dev.halo.protocol.query;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.halo.protocol.json.WireNames;

/** What the integrator wants back from a statement. */
public enum ExecutionMode {
    /** All rows. */
    READER("reader"),
    /** The number of rows that were changed. */
    NON_QUERY("nonQuery"),
    /** The first column of the first row. */
    SCALAR("scalar");

    private final String wire;

    ExecutionMode(String wire) {
        this.wire = wire;
    }

    /** The name in the integrator API. */
    @JsonValue
    public String wire() {
        return wire;
    }

    @JsonCreator
    public static ExecutionMode fromWire(String wire) {
        return WireNames.find(values(), ExecutionMode::wire, wire);
    }
}
