package dev.halo.link.firebird;

import java.util.Objects;

/**
 * A database user with its password: the discovery user, or an administrator for as long as a command runs.
 *
 * @param role the role to take, null for none
 */
public record Login(String user, String secret, String role) {

    public Login {
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(secret, "secret");
    }

    /** A login that takes no role. */
    public static Login of(String user, String secret) {
        return new Login(user, secret, null);
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "Login[" + user + "]";
    }
}
