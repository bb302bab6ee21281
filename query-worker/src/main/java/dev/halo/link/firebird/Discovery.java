package dev.halo.link.firebird;

/**
 * Reads, as the discovery user, what the Link must know of a database before it serves it, and keeps one connection to
 * each database so that integrators' connections are opened quickly. Blocks for the connect time-out at most; safe for
 * use by several threads.
 */
public interface Discovery extends AutoCloseable {

    /** Runs the configured probe statements on the patient database of a pair. */
    ProbeResult probe(DatabaseLocation location);

    /** Connects, and reads what every Firebird database tells: enough for the other database of a pair. */
    ProbeResult ping(DatabaseLocation location);

    /** Closes the connection that is kept to a database which is no longer served. */
    void forget(DatabaseLocation location);

    /** Closes every connection that is kept. */
    @Override
    void close();
}
