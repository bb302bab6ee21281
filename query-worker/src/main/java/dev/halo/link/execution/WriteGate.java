package dev.halo.link.execution;

import java.io.IOException;

/**
 * Where the Link's journal stands between a statement and the database. Only statements of read-write transactions pass
 * it; all calls come from the thread that runs the query.
 */
public interface WriteGate {

    /**
     * The statement is about to be executed for the first and only time. When this returns, the journal says so durably.
     *
     * @throws IOException if the journal cannot be written: the statement is refused and nothing has run
     */
    void beforeWrite() throws IOException;

    /**
     * The transaction has ended: committed, rolled back, or unknown to have been committed (then the failure says so).
     * Called once after each {@link #beforeWrite()} that returned, right after the database answered.
     */
    void ended(ExecutionResult result);
}
