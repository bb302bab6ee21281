package dev.halo.protocol.site;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.halo.protocol.json.WireNames;
import java.util.Locale;

/** Whether the registry still trusts a Link. */
public enum LinkStatus {
    /** Trusted. */
    ACTIVE,
    /** A retired secret was used again: perhaps a copied machine; refused until an operator decides. */
    SUSPENDED,
    /** An operator removed it, or it was uninstalled. */
    REMOVED;

    /** The name in JSON. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static LinkStatus fromWire(String wire) {
        return WireNames.find(values(), LinkStatus::wire, wire);
    }
}
