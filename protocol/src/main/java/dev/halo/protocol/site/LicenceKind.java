package dev.halo.protocol.site;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.halo.protocol.json.WireNames;
import java.util.Locale;

/** The kind of Zedmed licence of a database. */
public enum LicenceKind {
    /** A practice's own. */
    STANDARD,
    /** A developer's copy, which has no unique Database ID. */
    DEVELOPER,
    /** The Link could not read it. */
    UNKNOWN;

    /** The name in JSON. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static LicenceKind fromWire(String wire) {
        return WireNames.find(values(), LicenceKind::wire, wire);
    }
}
