package dev.halo.link.execution;

import dev.halo.link.execution.ExecutionResult.Elapsed;
import java.util.concurrent.TimeUnit;

/** The time of one execution, and of that the time inside the database's calls. Used by one thread. */
final class Stopwatch {

    private final long started = System.nanoTime();
    private long sql;
    private long callStarted;

    /** A call to the database begins. */
    void call() {
        callStarted = System.nanoTime();
    }

    /** The call that began last has returned. */
    void returned() {
        sql += System.nanoTime() - callStarted;
    }

    Elapsed elapsed() {
        return new Elapsed(
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started), TimeUnit.NANOSECONDS.toMillis(sql));
    }
}
