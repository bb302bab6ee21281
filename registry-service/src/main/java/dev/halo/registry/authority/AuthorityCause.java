package dev.halo.registry.authority;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Why authority changed. The names are stored and must not change. */
public enum AuthorityCause {
    /** The first Link that was entitled to the PMS ID. */
    FIRST,
    /** An operator's switch. */
    SWITCHED,
    /** Another database of the same Link answers. */
    CHOSEN,
    /** The Link or the site was removed. */
    REMOVED,
    /** The Link or the site was uninstalled. */
    UNINSTALLED,
    /** The Link is no longer entitled to the PMS ID. */
    WITHDRAWN;

    /** The name in JSON. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
