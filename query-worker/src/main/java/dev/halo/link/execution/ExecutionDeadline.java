package dev.halo.link.execution;

import java.time.Duration;
import java.util.concurrent.Future;

/** Stops a query at its execution limit. The time for which its sink made it wait does not count. */
final class ExecutionDeadline implements AutoCloseable {

    /** A query whose sink waits is looked at no more often than this, and so is stopped at most so much late. */
    private static final Duration AGAIN = Duration.ofMillis(100);

    private final Watchdog watchdog;
    private final RowSink sink;
    private final CancelToken cancel;
    private final long limitNanos;
    private final long started = System.nanoTime();
    private Future<?> next;
    private boolean closed;

    /** Counts from now on. */
    ExecutionDeadline(Watchdog watchdog, Duration limit, RowSink sink, CancelToken cancel) {
        this.watchdog = watchdog;
        this.sink = sink;
        this.cancel = cancel;
        this.limitNanos = limit.toNanos();
        this.next = watchdog.urgentlyAfter(limit, this::look);
    }

    private void look() {
        long left = limitNanos - (System.nanoTime() - started - sink.waitedNanos());
        if (left <= 0) {
            cancel.stop(StopCause.EXECUTION_LIMIT);
            return;
        }
        synchronized (this) {
            if (!closed) {
                next = watchdog.urgentlyAfter(Duration.ofNanos(Math.max(left, AGAIN.toNanos())), this::look);
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        next.cancel(false);
    }
}
