package dev.halo.link.execution;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Does what must happen at a time, away from the threads that run statements: one thread keeps the time, a few act. Acts
 * that may block on the network never hold the time up; one that finds no free thread is left out and logged.
 */
final class Watchdog implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Watchdog.class);
    private static final int URGENT_THREADS = 2;
    private static final int URGENT_QUEUE = 2_048;
    private static final int CHECK_THREADS = 2;
    private static final int CHECK_QUEUE = 64;

    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor urgent;
    private final ThreadPoolExecutor checks;

    Watchdog() {
        timer = new ScheduledThreadPoolExecutor(1, threads("halo-link-timer"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        urgent = pool("halo-link-cancel", URGENT_THREADS, URGENT_QUEUE);
        checks = pool("halo-link-check", CHECK_THREADS, CHECK_QUEUE);
    }

    /** Cancels or drops something as soon as possible. */
    void urgently(Runnable act) {
        submit(urgent, act);
    }

    /** Cancels or drops something after a while, unless the future is cancelled. */
    Future<?> urgentlyAfter(Duration delay, Runnable act) {
        return timer.schedule(() -> urgently(act), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Does something that may block again and again until the future is cancelled. */
    Future<?> every(Duration period, Runnable act) {
        return timer.scheduleAtFixedRate(
                () -> submit(checks, act), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        urgent.shutdown();
        checks.shutdownNow();
    }

    private static void submit(ThreadPoolExecutor pool, Runnable act) {
        try {
            pool.execute(() -> guarded(act));
        } catch (RejectedExecutionException e) {
            LOG.warnf("event=watchdog-overloaded queued=%d", pool.getQueue().size());
        }
    }

    private static void guarded(Runnable act) {
        try {
            act.run();
        } catch (RuntimeException e) {
            LOG.errorf("event=watchdog-act-failed cause=%s", e.getClass().getName());
        }
    }

    private static ThreadPoolExecutor pool(String name, int threads, int queue) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queue), threads(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory threads(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
