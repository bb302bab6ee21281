package dev.halo.registry.command;

import io.vertx.pgclient.PgException;
import java.sql.SQLException;
import java.util.Set;

/** Tells which failures of a transaction go away when it is run again. */
final class Conflicts {

    private static final String UNIQUE_VIOLATION = "23505";
    private static final String SERIALIZATION_FAILURE = "40001";
    private static final String DEADLOCK = "40P01";
    private static final Set<String> TRANSIENT = Set.of(UNIQUE_VIOLATION, SERIALIZATION_FAILURE, DEADLOCK);

    private Conflicts() {}

    /** A unique key counts: the second run sees the row that the first one collided with. */
    static boolean isTransient(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 10; depth++, cause = cause.getCause()) {
            if (cause instanceof PgException pg) {
                return TRANSIENT.contains(pg.getSqlState());
            }
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return TRANSIENT.contains(sql.getSQLState());
            }
        }
        return false;
    }
}
