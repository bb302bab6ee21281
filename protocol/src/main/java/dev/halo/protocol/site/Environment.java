package dev.halo.protocol.site;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** One deployment serves one environment; keys, tokens and Links of the other one are refused. */
public enum Environment {
    STAGE("stage", "stage_"),
    PRODUCTION("production", "prod_");

    private final String wire;
    private final String keyPrefix;

    Environment(String wire, String keyPrefix) {
        this.wire = wire;
        this.keyPrefix = keyPrefix;
    }

    @JsonValue
    public String wire() {
        return wire;
    }

    /** What subscription keys and enrolment tokens of this environment begin with. */
    public String keyPrefix() {
        return keyPrefix;
    }

    /** Upper or lower case, for configuration and JSON alike. */
    @JsonCreator
    public static Environment fromWire(String wire) {
        for (Environment value : values()) {
            if (value.wire.equalsIgnoreCase(wire)) {
                return value;
            }
        }
        throw new IllegalArgumentException("must be one of stage, production");
    }
}
