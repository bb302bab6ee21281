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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Writes rows behind the answers that they tell of, many at a time, so that PostgreSQL is not on the way of a request. While
 * it is away they wait, up to a bound; beyond it new ones are lost. A row that it will not have is lost too, alone: what waits
 * behind it is written.
 *
 * @param <T> what a row is made of
 */
public final class WriteBehind<T> {

    private static final Logger LOG = Logger.getLogger(WriteBehind.class);

    /** Of a row whose partition is missing. It is made within minutes, or the row is so old that it never will be. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** In a row, of rows that do not get to a database that is there: a connection may break, but not each time. */
    private static final int TRIES = 5;

    /**
     * How much may wait, and how it is written.
     *
     * @param maxWaiting beyond it new ones are lost
     * @param batch rows in one statement
     * @param interval how often what waits is written
     * @param storeTimeout how long the database may take
     */
    public record Bounds(int maxWaiting, int batch, Duration interval, Duration storeTimeout) {}

    /**
     * Writes all rows or none; fails with {@link Store.RowRefused} where one of them can never be written, with
     * {@link Store.NoPartition} where that of one is missing, with {@link Store.NotSent} where one of them may be such
     * that the driver cannot carry it.
     */
    public interface Rows {
        CompletionStage<?> write(String insert, List<Tuple> rows, Duration timeout);
    }

    private record Waiting<T>(T row, CompletableFuture<Boolean> written) {}

    private final String name;
    private final Rows rows;
    private final String insert;
    private final Function<T, Tuple> tuple;
    private final Bounds bounds;
    private final BlockingQueue<Waiting<T>> waiting;
    private final List<Waiting<T>> batch = new ArrayList<>();
    private final AtomicLong refused = new AtomicLong();
    private final LongSupplier nanos;
    private Long withoutPartitionSince;
    private int notSent;
    private final ScheduledExecutorService writer;

    /**
     * @param name of the thread
     * @param insert one row; the same again must do no harm
     */
    public WriteBehind(String name, Rows rows, String insert, Function<T, Tuple> tuple, Bounds bounds) {
        this(name, rows, insert, tuple, bounds, System::nanoTime);
    }

    WriteBehind(String name, Rows rows, String insert, Function<T, Tuple> tuple, Bounds bounds, LongSupplier nanos) {
        this.nanos = nanos;
        this.name = name;
        this.rows = rows;
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

    /** Rows that the database would not have. */
    public long refused() {
        return refused.get();
    }

    /** What could not be written stays in the batch and is tried again first. */
    private void write() {
        try {
            while (!waiting.isEmpty() || !batch.isEmpty()) {
                waiting.drainTo(batch, bounds.batch() - batch.size());
                if (written(batch)) {
                    withoutPartitionSince = null;
                } else {
                    oneByOne();
                }
                notSent = 0;
                batch.clear();
            }
        } catch (CompletionException e) {
            // It is away, and says so itself.
            return;
        } catch (RuntimeException e) {
            // Whatever got out of here would end the schedule, and nothing would be written until a restart.
            LOG.errorf(
                    "event=recordsNotWritten of=%s cause=%s", name, e.getClass().getName());
        }
    }

    /** Finds the rows that are refused; what was written is no longer in the batch when the database goes away meanwhile. */
    private void oneByOne() {
        while (!batch.isEmpty()) {
            Waiting<T> one = batch.get(0);
            if (!written(List.of(one))) {
                refused.incrementAndGet();
                LOG.errorf("event=recordRefused of=%s", name);
                one.written.complete(false);
            }
            batch.remove(0);
        }
    }

    /** @return false where one of them can never be written, and none was */
    private boolean written(List<Waiting<T>> some) {
        List<Tuple> tuples;
        try {
            tuples = some.stream().map(one -> tuple.apply(one.row)).toList();
        } catch (RuntimeException e) {
            return false;
        }
        try {
            rows.write(insert, tuples, bounds.storeTimeout())
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Store.RowRefused
                    || e.getCause() instanceof Store.NoPartition && isTooLate()
                    || e.getCause() instanceof Store.NotSent && isTriedEnough()) {
                return false;
            }
            throw e;
        }
        some.forEach(one -> one.written.complete(true));
        return true;
    }

    private boolean isTriedEnough() {
        if (++notSent == 1) {
            LOG.warnf("event=recordsNotSent of=%s", name);
        }
        return notSent >= TRIES;
    }

    private boolean isTooLate() {
        long now = nanos.getAsLong();
        if (withoutPartitionSince == null) {
            withoutPartitionSince = now;
            LOG.warnf("event=recordsWaitForPartition of=%s", name);
        }
        return now - withoutPartitionSince >= PATIENCE.toNanos();
    }
}
