package dev.halo.gateway.store;

import dev.halo.gateway.error.Refusal;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.DatabaseException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The gateway's PostgreSQL. Immediate queries work without it, so it may be away: whoever needs it gets a refusal within
 * a bound, never a wait without end.
 */
public final class Store {

    private static final Logger LOG = Logger.getLogger(Store.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Classes of SQL states: cardinality, data, integrity, and a limit of the server. */
    private static final Set<String> REFUSALS = Set.of("21", "22", "23", "54");

    private static final String PROBE = "select 1";

    /** The SQL state of a row without a partition, too: then no constraint is named. */
    private static final String CHECK_VIOLATION = "23514";

    private final Pool pool;
    private final BooleanSupplier ready;

    /** @param ready whether the schema is there */
    public Store(Pool pool, BooleanSupplier ready) {
        this.pool = pool;
        this.ready = ready;
    }

    /** Whether the schema is there; says nothing of this moment. */
    public boolean isReady() {
        return ready.getAsBoolean();
    }

    /**
     * Runs one prepared statement, in a transaction of its own.
     *
     * @return fails with {@link StoreUnavailable} after the timeout, or with the database's own exception
     */
    public CompletionStage<RowSet<Row>> execute(String sql, Tuple parameters, Duration timeout) {
        return bounded(timeout, () -> pool.preparedQuery(sql).execute(parameters));
    }

    /** As {@link #execute}, once for each entry, in one round trip. */
    public CompletionStage<RowSet<Row>> executeBatch(String sql, List<Tuple> batch, Duration timeout) {
        return bounded(timeout, () -> pool.preparedQuery(sql).executeBatch(batch));
    }

    /**
     * As {@link #executeBatch}; fails with {@link RowRefused} where one of the rows can never be written as it is, with
     * {@link NoPartition} where that of its day is missing, with {@link NotSent} where neither the database nor its absence
     * explains it.
     */
    public CompletionStage<RowSet<Row>> insert(String sql, List<Tuple> rows, Duration timeout) {
        return executeBatch(sql, rows, timeout).exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (lacksPartition(cause)) {
                return CompletableFuture.failedFuture(new NoPartition());
            }
            if (isRefused(cause)) {
                return CompletableFuture.failedFuture(new RowRefused());
            }
            if (cause instanceof DatabaseException
                    || cause instanceof TimeoutException
                    || cause instanceof StoreUnavailable) {
                return CompletableFuture.failedFuture(failure);
            }
            // A connection that broke, or values that the driver cannot carry: the database is there in the latter
            // case.
            return execute(PROBE, Tuple.tuple(), timeout)
                    .handle((there, away) -> away == null ? new NotSent() : failure)
                    .thenCompose(CompletableFuture::failedFuture);
        });
    }

    /**
     * Whether the database has judged the values themselves. Whatever else fails, as rights, a lock, a full disk or a server
     * that shuts down, may be over at the next try.
     */
    static boolean isRefused(Throwable failure) {
        return !lacksPartition(failure)
                && failure instanceof DatabaseException refused
                && refused.getSqlState() != null
                && REFUSALS.contains(refused.getSqlState()
                        .substring(0, Math.min(2, refused.getSqlState().length())));
    }

    /** Whether the row's day has no partition; {@link Partitions} makes that of today when it is missing. */
    static boolean lacksPartition(Throwable failure) {
        return failure instanceof PgException refused
                && CHECK_VIOLATION.equals(refused.getSqlState())
                && refused.getConstraint() == null;
    }

    /** Runs one statement without parameters outside of any transaction, which some commands demand. */
    public CompletionStage<RowSet<Row>> command(String sql, Duration timeout) {
        return bounded(timeout, () -> pool.query(sql).execute());
    }

    /** Runs statements that only read, each in a transaction of its own. */
    public <T> CompletionStage<T> reading(Duration timeout, Function<SqlConnection, Future<T>> work) {
        return bounded(timeout, () -> pool.withConnection(work));
    }

    /**
     * Runs several statements in one transaction. It is rolled back when the work fails, and also when the time is over
     * before it is done.
     *
     * @return fails with the work's own exception, the database's, or {@link java.util.concurrent.TimeoutException}
     */
    public <T> CompletionStage<T> inTransaction(Duration timeout, Function<SqlConnection, Future<T>> work) {
        AtomicBoolean late = new AtomicBoolean();
        return this.<T>bounded(
                        timeout,
                        () -> pool.withTransaction(connection -> work.apply(connection)
                                .compose(result -> late.get()
                                        ? Future.failedFuture(new StoreUnavailable("its time is over"))
                                        : Future.succeededFuture(result))))
                .whenComplete((result, failure) -> late.set(true));
    }

    /** What to answer where the store was needed and failed. */
    public static Refusal unavailable() {
        return Refusal.unavailable("The store of results and query records cannot be reached.", RETRY_AFTER);
    }

    private <T> CompletionStage<T> bounded(Duration timeout, Supplier<Future<T>> statement) {
        if (!isReady()) {
            return CompletableFuture.failedFuture(new StoreUnavailable("its schema is not there yet"));
        }
        return statement
                .get()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((rows, failure) -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    if (cause != null && !(cause instanceof Refusal)) {
                        LOG.warnf("event=storeFailed error=%s", cause.getClass().getSimpleName());
                    }
                });
    }

    /** The database is there, and will not have a row. Without its words, which may hold the row. */
    public static final class RowRefused extends RuntimeException {
        public RowRefused() {
            super("a row was refused", null, false, false);
        }
    }

    /** The database is there, but not the partition of a row's day. */
    public static final class NoPartition extends RuntimeException {
        public NoPartition() {
            super("a row has no partition", null, false, false);
        }
    }

    /** The database is there, but the rows did not get to it. Without the driver's words, which may hold the rows. */
    public static final class NotSent extends RuntimeException {
        public NotSent() {
            super("rows did not get to the database", null, false, false);
        }
    }

    /** The database cannot be used now. */
    public static final class StoreUnavailable extends RuntimeException {
        StoreUnavailable(String why) {
            super(why, null, false, false);
        }
    }
}
