package dev.halo.protocol.query;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.halo.protocol.json.WireNames;

/** How long a query lives, which is also its class in the Link's queue. */
public enum QueryMode {
    IMMEDIATE("immediate"),
    REGISTERED("registered"),
    ASYNC("async");

    private final String wire;

    QueryMode(String wire) {
        this.wire = wire;
    }

    @JsonValue
    public String wire() {
        return wire;
    }

    @JsonCreator
    public static QueryMode fromWire(String wire) {
        return WireNames.find(values(), QueryMode::wire, wire);
    }
}
