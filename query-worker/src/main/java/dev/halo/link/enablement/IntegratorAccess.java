package dev.halo.link.enablement;

import dev.halo.link.firebird.IntegratorLogin;
import dev.halo.link.firebird.Login;
import dev.halo.link.firebird.SiteDatabase;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Opens and closes a practice's databases to an integrator, which is what Zedmed's tick box does. The administrator's
 * login is used for the one call and never kept.
 */
public interface IntegratorAccess {

    /**
     * Creates the integrator's user with a new random secret (or gives an existing one a new secret), and in each catalogue
     * a role granted to it alone with the privileges of the role that the vendor defined. May be repeated.
     *
     * @param catalogues the site's databases; all on one server, since users are server-wide
     * @return the login, whose secret the caller must keep
     * @throws AccessException if a database refused; what had been done before is undone as far as it can be
     */
    IntegratorLogin enable(Login administrator, UUID integratorId, List<SiteDatabase> catalogues)
            throws AccessException;

    /**
     * Revokes and drops the role in each catalogue and drops the user. What does not exist is no error.
     *
     * @throws AccessException if a database refused; the others have been closed all the same
     */
    void disable(Login administrator, UUID integratorId, List<SiteDatabase> catalogues) throws AccessException;

    /**
     * The integrator's user changes its own secret, for which no administrator is needed.
     *
     * @return the login with the new secret
     * @throws AccessException if the login is refused
     */
    IntegratorLogin rotate(IntegratorLogin login, SiteDatabase catalogue) throws AccessException;

    /** Whether the integrator may enter each of the catalogues, by name of catalogue. */
    Map<String, CatalogueAccess> check(IntegratorLogin login, List<SiteDatabase> catalogues);

    /**
     * The integrator users that hold their role in a database, in the server's order.
     *
     * @throws AccessException if the administrator's login is refused or the database cannot be read
     */
    List<String> list(Login administrator, SiteDatabase catalogue) throws AccessException;
}
