package dev.halo.link.firebird;

/** A connection while one query has it; given back to the {@link ConnectionCache} by the one who took it. */
public final class Lease {

    private final ConnectionCache.Key key;
    private final Session session;
    private final long openedNanos;
    private final boolean fresh;
    private volatile boolean usable = true;

    Lease(ConnectionCache.Key key, Session session, long openedNanos, boolean fresh) {
        this.key = key;
        this.session = session;
        this.openedNanos = openedNanos;
        this.fresh = fresh;
    }

    /** The connection. */
    public Session session() {
        return session;
    }

    /** Whether it was opened for this query, so that it has cached no refusal and is not stale. */
    public boolean isFresh() {
        return fresh;
    }

    /** No later query may have the connection. */
    public void spoil() {
        usable = false;
    }

    ConnectionCache.Key key() {
        return key;
    }

    long openedNanos() {
        return openedNanos;
    }

    boolean isUsable() {
        return usable;
    }
}
