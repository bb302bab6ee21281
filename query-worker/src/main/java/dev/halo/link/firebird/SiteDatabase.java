package dev.halo.link.firebird;

import java.util.Objects;
import java.util.UUID;

/**
 * One database of a site, as it is addressed by a query.
 *
 * @param siteId the Halo GUID of the pair
 * @param catalogue its name in the integrator API
 */
public record SiteDatabase(UUID siteId, String catalogue, DatabaseLocation location) {

    public SiteDatabase {
        Objects.requireNonNull(siteId, "siteId");
        Objects.requireNonNull(catalogue, "catalogue");
        Objects.requireNonNull(location, "location");
    }
}
