package dev.halo.link.start;

import dev.halo.link.enablement.IntegratorAccess;
import dev.halo.link.execution.ExecutionLimits;
import dev.halo.link.execution.StatementRunner;
import dev.halo.link.firebird.DatabaseLocation;
import dev.halo.link.firebird.Discovery;
import dev.halo.link.firebird.SiteGuard;
import dev.halo.protocol.query.QueryMode;

/** The Link's way to the practice's databases. A seam between the Link and Firebird. */
public interface Databases {

    /** Reads, as the discovery user, what the Link must know of a database. */
    Discovery discovery();

    /** Opens and closes access for integrators. */
    IntegratorAccess access();

    /** Runs integrators' commands; the Link closes it. */
    StatementRunner runner(SiteGuard guard);

    /** How long a class of queries may execute, and how large its result may be. */
    ExecutionLimits limits(QueryMode mode);

    /** The server that a database is on, as {@code host:port}. */
    String server(DatabaseLocation location);
}
