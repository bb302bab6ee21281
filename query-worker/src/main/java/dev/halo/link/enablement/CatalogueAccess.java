package dev.halo.link.enablement;

/** Whether an integrator may enter one database. */
public enum CatalogueAccess {
    /** The login works and its role is in force. */
    ENABLED,
    /** The login works, but its role was not granted or was revoked: PUBLIC's rights are not the practice's consent. */
    ROLE_MISSING,
    /** The server refuses the user or its secret. */
    LOGIN_REFUSED,
    /** The server or the database cannot be reached, so nothing can be said. */
    UNREACHABLE
}
