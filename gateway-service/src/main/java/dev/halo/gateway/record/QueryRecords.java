package dev.halo.gateway.record;

import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.query.QueryIds;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.store.WriteBehind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The records of immediate queries. They are written behind the answers, many at a time, so that PostgreSQL is not on the
 * way of a query. While it is away they wait, up to a bound; beyond it new ones are lost, and counted.
 */
@ApplicationScoped
public class QueryRecords {

    private static final String INSERT = """
            insert into gateway.immediate_query
              (created_at, query_id, integrator_id, site_id, http_status, completed_at, document)
            values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing""";

    private static final String FIND = """
            select integrator_id, site_id, http_status, completed_at, document
            from gateway.immediate_query where created_at = $1 and query_id = $2""";

    private final Store store;
    private final GatewayConfig.Records config;
    private final WriteBehind<QueryRecord> writer;
    private final Map<UUID, QueryRecord> unwritten = new ConcurrentHashMap<>();
    private final Counter lost;

    public QueryRecords(Store store, GatewayConfig config, MeterRegistry metrics) {
        this.store = store;
        this.config = config.records();
        this.writer = new WriteBehind<>(
                "query-records",
                store::insert,
                INSERT,
                QueryRecords::tuple,
                new WriteBehind.Bounds(
                        this.config.maxWaiting(),
                        this.config.batch(),
                        this.config.interval(),
                        this.config.storeTimeout()));
        this.lost = metrics.counter("halo.gateway.records.lost");
        metrics.gauge("halo.gateway.records.waiting", writer, WriteBehind::waiting);
        FunctionCounter.builder("halo.gateway.records.refused", writer, WriteBehind::refused)
                .description("Of the lost ones those that the database would not have")
                .register(metrics);
    }

    void start(@Observes StartupEvent event) {
        writer.start();
    }

    void stop(@Observes ShutdownEvent event) {
        writer.stop();
    }

    /**
     * Has a record written.
     *
     * @return completes when it is, or when it is lost; never fails
     */
    public CompletionStage<Void> add(QueryRecord record) {
        unwritten.put(record.queryId(), record);
        return writer.add(record).thenAccept(written -> {
            unwritten.remove(record.queryId());
            if (!written) {
                lost.increment();
            }
        });
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

    private static Tuple tuple(QueryRecord record) {
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
