package dev.halo.link.execution;

import java.util.UUID;

/** Runs integrators' commands on the practice's databases. Safe for use by several threads. */
public interface StatementRunner extends AutoCloseable {

    /**
     * Runs a command to its end on the calling thread. Never throws for anything that the database, the command or the
     * time limit does: that is a {@link ExecutionResult.Failed}.
     *
     * @param sink given the rows in pages
     * @param gate asked before the statement may write
     * @param cancel stops it; the runner stops it itself at its time limit
     */
    ExecutionResult run(Execution execution, RowSink sink, WriteGate gate, CancelToken cancel);

    /**
     * The practice has disabled an integrator: its running statements at the site are cancelled and its connections are
     * closed, at once.
     */
    void revoke(UUID siteId, UUID integratorId);

    /** The site is no longer served: as {@link #revoke} for all its integrators, with a cause of its own. */
    void revokeSite(UUID siteId, StopCause cause);

    /** Stops what runs and closes every connection. */
    @Override
    void close();
}
