package dev.halo.gateway.record;

import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.query.QueryIds;
import dev.halo.gateway.store.Store;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowIterator;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The records of immediate queries. They are written behind the answers, many at a time, so that PostgreSQL is not on the
 * way of a query. While it is away they wait, up to a bound; beyond it new ones are lost, and counted.
 */
@ApplicationScoped
public class QueryRecords {

    private static final Logger LOG = Logger.getLogger(QueryRecords.class);

    private static final String INSERT = """
            insert into gateway.immediate_query
              (created_at, query_id, integrator_id, site_id, http_status, completed_at, document)
            values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing""";

    private static final String FIND = """
            select integrator_id, site_id, http_status, completed_at, document
            from gateway.immediate_query where created_at = $1 and query_id = $2""";

    private record Waiting(QueryRecord record, CompletableFuture<Void> written) {}

    private final Store store;
    private final GatewayConfig.Records config;
    private final BlockingQueue<Waiting> waiting;
    private final Map<UUID, QueryRecord> unwritten = new ConcurrentHashMap<>();
    private final List<Waiting> batch = new ArrayList<>();
    private final Counter lost;
    private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "query-records");
        thread.setDaemon(true);
        return thread;
    });

    public QueryRecords(Store store, GatewayConfig config, MeterRegistry metrics) {
        this.store = store;
        this.config = config.records();
        this.waiting = new ArrayBlockingQueue<>(this.config.maxWaiting());
        this.lost = metrics.counter("halo.gateway.records.lost");
        metrics.gauge("halo.gateway.records.waiting", waiting, BlockingQueue::size);
    }

    void start(@Observes StartupEvent event) {
        long interval = config.interval().toMillis();
        writer.scheduleWithFixedDelay(this::write, interval, interval, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        writer.execute(this::write);
        writer.shutdown();
        try {
            if (!writer.awaitTermination(config.storeTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warnf("event=recordsNotWritten waiting=%d", waiting.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Has a record written.
     *
     * @return completes when it is, or when it is lost; never fails
     */
    public CompletionStage<Void> add(QueryRecord record) {
        Waiting entry = new Waiting(record, new CompletableFuture<>());
        unwritten.put(record.queryId(), record);
        if (!waiting.offer(entry)) {
            unwritten.remove(record.queryId());
            lost.increment();
            entry.written.complete(null);
        }
        return entry.written;
    }

    /** The record of a query that has ended here and is still to be written; looked up without the store. */
    public Optional<QueryRecord> unwritten(UUID queryId) {
        return Optional.ofNullable(unwritten.get(queryId));
    }

    /**
     * The record of a query.
     *
     * @return fails with {@link dev.halo.gateway.error.Refusal} if the store cannot be reached
     */
    public CompletionStage<Optional<QueryRecord>> find(UUID queryId) {
        QueryRecord unwrittenYet = unwritten.get(queryId);
        Optional<Instant> createdAt = QueryIds.createdAt(queryId);
        if (unwrittenYet != null || createdAt.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.ofNullable(unwrittenYet));
        }
        return store.execute(FIND, Tuple.of(utc(createdAt.get()), queryId), config.storeTimeout())
                .thenApply(rows -> {
                    RowIterator<Row> found = rows.iterator();
                    return found.hasNext()
                            ? Optional.of(record(queryId, createdAt.get(), found.next()))
                            : Optional.<QueryRecord>empty();
                })
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(Store.unavailable()));
    }

    private static QueryRecord record(UUID queryId, Instant createdAt, Row row) {
        return new QueryRecord(
                queryId,
                row.getUUID(0),
                row.getUUID(1),
                createdAt,
                row.getOffsetDateTime(3).toInstant(),
                row.getInteger(2),
                row.getString(4));
    }

    /** What could not be written stays in the batch and is tried again first. */
    private void write() {
        while (!waiting.isEmpty() || !batch.isEmpty()) {
            waiting.drainTo(batch, config.batch() - batch.size());
            try {
                store.executeBatch(
                                INSERT, batch.stream().map(QueryRecords::tuple).toList(), config.storeTimeout())
                        .toCompletableFuture()
                        .join();
            } catch (CompletionException e) {
                return;
            }
            batch.forEach(one -> {
                unwritten.remove(one.record.queryId());
                one.written.complete(null);
            });
            batch.clear();
        }
    }

    private static Tuple tuple(Waiting waiting) {
        QueryRecord record = waiting.record;
        return Tuple.from(List.of(
                utc(record.createdAt()),
                record.queryId(),
                record.integratorId(),
                record.siteId(),
                record.httpStatus(),
                utc(record.completedAt()),
                record.document()));
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
