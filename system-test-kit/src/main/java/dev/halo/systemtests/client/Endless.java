package dev.halo.systemtests.client;

/** Statements that Firebird would work on for years. Their marker is found in {@code MON$STATEMENTS}. */
public final class Endless {

    private static final String PRODUCT =
            "(select count(*) from APPOINTMENTS a, APPOINTMENTS b, APPOINTMENTS c, APPOINTMENTS d)";

    private Endless() {}

    /** Reads for ever. */
    public static QueryBody read(String marker) {
        return QueryBody.sql("select " + PRODUCT + " as " + marker + " from RDB$DATABASE")
                .scalar();
    }

    /** Changes no row before it ends, so it locks none while it runs. */
    public static QueryBody write(String marker) {
        return QueryBody.sql("update APPOINTMENTS set REASON = '" + marker + "' where " + PRODUCT + " > 0")
                .nonQuery();
    }
}
