package dev.halo.link.query;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that statements and uploads run on. */
public final class JobThreads implements AutoCloseable {

    private static final int IDLE_SECONDS = 60;
    private static final int STOP_SECONDS = 5;

    private final ThreadPoolExecutor statements;
    private final ThreadPoolExecutor uploads;

    public JobThreads(QueryConfig config) {
        // Only queries that have their slots come here: the queue in front is what bounds them.
        this.statements = new ThreadPoolExecutor(
                config.threads(),
                config.threads(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                named("link-statement-"));
        this.statements.allowCoreThreadTimeOut(true);
        this.uploads = new ThreadPoolExecutor(
                config.uploads(),
                config.uploads(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(config.pendingUploads()),
                named("link-upload-"));
        this.uploads.allowCoreThreadTimeOut(true);
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    void statement(Runnable task) {
        statements.execute(task);
    }

    /** @throws java.util.concurrent.RejectedExecutionException if too many wait already */
    void upload(Runnable task) {
        uploads.execute(task);
    }

    @Override
    public void close() {
        statements.shutdownNow();
        uploads.shutdownNow();
        try {
            statements.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
            uploads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
