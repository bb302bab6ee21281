package dev.halo.protocol.site;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.halo.protocol.json.WireNames;
import java.util.Locale;

/** Where a site is in its life. */
public enum SiteStatus {
    /** Announced, but not entitled to its PMS ID yet; not exchangeable. */
    INITIALISING,
    /** In use. */
    ACTIVE,
    /** An operator took it away. */
    REMOVED,
    /** Its Link was uninstalled. */
    UNINSTALLED;

    /** The name in JSON. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static SiteStatus fromWire(String wire) {
        return WireNames.find(values(), SiteStatus::wire, wire);
    }
}
