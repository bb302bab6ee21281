package dev.halo.link.execution;

import dev.halo.link.firebird.Lease;
import java.time.Duration;
import java.util.concurrent.Future;

/**
 * Ends what runs on a connection: first by asking the server, then, if that does not help in time, by dropping the
 * connection. It acts only while a query has the connection: a late cancel would hit another's statement.
 */
final class Interrupter {

    private final Watchdog watchdog;
    private final Duration grace;
    private Lease lease;
    private boolean interrupted;
    private Future<?> drop;

    Interrupter(Watchdog watchdog, Duration grace) {
        this.watchdog = watchdog;
        this.grace = grace;
    }

    /** To be called by whoever stops the query; returns at once. */
    void interrupt() {
        watchdog.urgently(this::cancel);
    }

    /** The query has a connection from now on. */
    synchronized void begin(Lease taken) {
        lease = taken;
        if (interrupted) {
            cancelNow();
        }
    }

    /** The query has done with its connection. */
    synchronized void end() {
        if (drop != null) {
            drop.cancel(false);
            drop = null;
        }
        lease = null;
    }

    private synchronized void cancel() {
        interrupted = true;
        if (lease != null) {
            cancelNow();
        }
    }

    private void cancelNow() {
        // The server may raise the cancellation at the connection's next statement only.
        lease.spoil();
        lease.session().cancel();
        if (drop == null) {
            Lease cancelled = lease;
            drop = watchdog.urgentlyAfter(grace, () -> dropIfStill(cancelled));
        }
    }

    private void dropIfStill(Lease cancelled) {
        synchronized (this) {
            if (lease != cancelled) {
                return;
            }
        }
        cancelled.session().drop();
    }
}
