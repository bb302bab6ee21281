package dev.halo.link.query;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that statements and the uploads of immediates run on. */
public final class JobThreads implements AutoCloseable {

    private static final int IDLE_SECONDS = 60;
    private static final int STOP_SECONDS = 5;

    private final ThreadPoolExecutor statements;
    private final ThreadPoolExecutor background;
    private final ThreadPoolExecutor uploads;

    public JobThreads(QueryConfig config) {
        // The queue in front starts no more than there are threads: what comes here waits for the end of a task at
        // most.
        this.statements = unqueued(config.threads(), "link-statement-");
        this.background = unqueued(config.backgroundThreads(), "link-background-");
        this.uploads = new ThreadPoolExecutor(
                config.uploads(),
                config.uploads(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(config.pendingUploads()),
                named("link-upload-"));
        this.uploads.allowCoreThreadTimeOut(true);
    }

    private static ThreadPoolExecutor unqueued(int threads, String prefix) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(prefix));
        pool.allowCoreThreadTimeOut(true);
        return pool;
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

    /** Runs an async or a run of a registered query: never on a thread that an immediate needs. */
    public void background(Runnable task) {
        background.execute(task);
    }

    /** @throws java.util.concurrent.RejectedExecutionException if too many wait already */
    void upload(Runnable task) {
        uploads.execute(task);
    }

    @Override
    public void close() {
        statements.shutdownNow();
        background.shutdownNow();
        uploads.shutdownNow();
        try {
            statements.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
            background.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
            uploads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
