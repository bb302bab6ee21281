package dev.halo.protocol.site;

import java.util.Objects;

/**
 * One database of a site's pair.
 *
 * @param isDefault exactly one of a site is: the patient database
 */
public record Catalogue(String name, boolean isDefault) {
    public Catalogue {
        Objects.requireNonNull(name, "name");
    }
}
