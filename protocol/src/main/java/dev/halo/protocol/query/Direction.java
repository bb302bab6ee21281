package dev.halo.protocol.query;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.halo.protocol.json.WireNames;

/** Whether a parameter's value goes into the statement, comes out of it, or both. */
public enum Direction {
    INPUT("input"),
    OUTPUT("output"),
    INPUT_OUTPUT("inputOutput"),
    /** The first output of a procedure. */
    RETURN_VALUE("returnValue");

    private final String wire;

    Direction(String wire) {
        this.wire = wire;
    }

    /** The name in the integrator API. */
    @JsonValue
    public String wire() {
        return wire;
    }

    /** Whether the parameter brings a value. */
    public boolean isInput() {
        return this == INPUT || this == INPUT_OUTPUT;
    }

    /** Whether the parameter is given back. */
    public boolean isOutput() {
        return this != INPUT;
    }

    @JsonCreator
    public static Direction fromWire(String wire) {
        return WireNames.find(values(), Direction::wire, wire);
    }
}
