package dev.halo.link.firebird;

import dev.halo.protocol.query.QueryFailure;
import java.util.Optional;
import java.util.UUID;

/**
 * Says whether a site's databases are still those that its Halo GUID stands for. It is asked before an integrator's
 * connection is opened, at most once per configured interval and site, so that a file swapped under a GUID is never read.
 */
@FunctionalInterface
public interface SiteGuard {

    /**
     * Reads the Database ID and the licence kind again, through the discovery user.
     *
     * @return why the query must not run, or empty where all is as it was announced
     */
    Optional<QueryFailure> verify(UUID siteId);
}
