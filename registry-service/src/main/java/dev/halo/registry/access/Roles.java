package dev.halo.registry.access;

/** The roles of people and services, as the issuer of their tokens names them. */
public final class Roles {

    /** Changes and reads everything. */
    public static final String OPERATOR = "operator";

    /** Reads. */
    public static final String SUPPORT = "support";

    /** Reads the audit. */
    public static final String AUDITOR = "auditor";

    /** A service of the suite. */
    public static final String SERVICE = "service";

    private Roles() {}
}
