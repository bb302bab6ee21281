package dev.halo.gateway.store;

import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Writes rows behind the answers that they tell of, many at a time, so that PostgreSQL is not on the way of a request. While
 * it is away they wait, up to a bound; beyond it new ones are lost.
 *
 * @param <T> what a row is made of
 */
public final class WriteBehind<T> {

    private static final Logger LOG = Logger.getLogger(WriteBehind.class);

    /**
     * How much may wait, and how it is written.
     *
     * @param maxWaiting beyond it new ones are lost
     * @param batch rows in one statement
     * @param interval how often what waits is written
     * @param storeTimeout how long the database may take
     */
    public record Bounds(int maxWaiting, int batch, Duration interval, Duration storeTimeout) {}

    private record Waiting<T>(T row, CompletableFuture<Boolean> written) {}

    private final String name;
    private final Store store;
    private final String insert;
    private final Function<T, Tuple> tuple;
    private final Bounds bounds;
    private final BlockingQueue<Waiting<T>> waiting;
    private final List<Waiting<T>> batch = new ArrayList<>();
    private final ScheduledExecutorService writer;

    /**
     * @param name of the thread
     * @param insert one row; the same again must do no harm
     */
    public WriteBehind(String name, Store store, String insert, Function<T, Tuple> tuple, Bounds bounds) {
        this.name = name;
        this.store = store;
        this.insert = insert;
        this.tuple = tuple;
        this.bounds = bounds;
        this.waiting = new ArrayBlockingQueue<>(bounds.maxWaiting());
        this.writer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    public void start() {
        long interval = bounds.interval().toMillis();
        writer.scheduleWithFixedDelay(this::write, interval, interval, TimeUnit.MILLISECONDS);
    }

    /** Writes what waits, within the store's time-out. */
    public void stop() {
        writer.execute(this::write);
        writer.shutdown();
        try {
            if (!writer.awaitTermination(bounds.storeTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warnf("event=recordsNotWritten of=%s waiting=%d", name, waiting.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Has a row written.
     *
     * @return true when it is, false when it is lost; never fails
     */
    public CompletionStage<Boolean> add(T row) {
        Waiting<T> entry = new Waiting<>(row, new CompletableFuture<>());
        if (!waiting.offer(entry)) {
            entry.written.complete(false);
        }
        return entry.written;
    }

    /** Rows that wait. */
    public int waiting() {
        return waiting.size();
    }

    /** What could not be written stays in the batch and is tried again first. */
    private void write() {
        while (!waiting.isEmpty() || !batch.isEmpty()) {
            waiting.drainTo(batch, bounds.batch() - batch.size());
            try {
                store.executeBatch(
                                insert,
                                batch.stream().map(one -> tuple.apply(one.row)).toList(),
                                bounds.storeTimeout())
                        .toCompletableFuture()
                        .join();
            } catch (CompletionException e) {
                return;
            } catch (RuntimeException e) {
                // Whatever got out of here would end the schedule, and nothing would be written until a restart.
                LOG.errorf(
                        "event=recordsNotWritten of=%s cause=%s",
                        name, e.getClass().getName());
                return;
            }
            batch.forEach(one -> one.written.complete(true));
            batch.clear();
        }
    }
}
