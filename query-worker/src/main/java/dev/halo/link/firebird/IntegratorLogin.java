package dev.halo.link.firebird;

import java.util.Objects;
import java.util.UUID;

/**
 * The database user of one integrator at one site. It counts only where {@code CURRENT_ROLE} is its role: users of
 * Firebird are server-wide, so the login alone proves nothing about a database.
 *
 * @param user at most 31 characters, unique per site and integrator
 * @param secret its password, known to the Link alone
 * @param role granted to this user alone, under the same name in each catalogue
 */
public record IntegratorLogin(UUID siteId, UUID integratorId, String user, String secret, String role) {

    public IntegratorLogin {
        Objects.requireNonNull(siteId, "siteId");
        Objects.requireNonNull(integratorId, "integratorId");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(role, "role");
    }

    /** The user, its secret and its role. */
    public Login login() {
        return new Login(user, secret, role);
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "IntegratorLogin[" + user + "]";
    }
}
