package dev.halo.protocol.site;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.halo.protocol.json.WireNames;
import java.util.Locale;

/** Whether a site can be reached now. */
public enum Availability {
    /** A session is open, or was heard within the last two minutes. */
    ONLINE,
    /** The Link closed its session in order. */
    OFFLINE,
    /** Nothing was heard for two minutes. */
    UNREACHABLE;

    /** The name in JSON. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static Availability fromWire(String wire) {
        return WireNames.find(values(), Availability::wire, wire);
    }
}
