package dev.halo.gateway.audit;

import dev.halo.gateway.access.PageRequest;
import dev.halo.gateway.config.AuditConfig;
import dev.halo.gateway.query.QueryIds;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.store.WriteBehind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.StreamSupport;

/** The audit of queries and of refused requests, written behind the answers. */
@ApplicationScoped
public class QueryAudit {

    private static final String INSERT = """
            insert into gateway.query_audit
              (at, entry_id, event, integrator_id, credential, address, method, site_id, query_id, http_status, outcome,
               row_count, byte_count, duration_millis, sql_sha256)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing""";

    /** Each filter stands aside where it is null. */
    private static final String FIND = """
            select at, entry_id, event, integrator_id, credential, address, method, site_id, query_id, http_status,
              outcome, row_count, byte_count, duration_millis, sql_sha256
            from gateway.query_audit
            where at >= $1 and at < $2 and (at, entry_id) < ($3, $4)
              and ($5::uuid is null or integrator_id = $5) and ($6::uuid is null or site_id = $6)
              and ($7::text is null or outcome = $7) and ($8::uuid is null or query_id = $8)
            order by at desc, entry_id desc limit $9""";

    /** What is looked for; null: whatever it is. */
    record Search(UUID integratorId, UUID siteId, UUID queryId, String outcome, PageRequest page) {}

    private final Store store;
    private final AuditConfig config;
    private final WriteBehind<AuditEntry> writer;
    private final Counter lost;
    private final Clock clock;

    public QueryAudit(Store store, AuditConfig config, Clock clock, MeterRegistry metrics) {
        this.store = store;
        this.config = config;
        this.clock = clock;
        this.writer = new WriteBehind<>(
                "query-audit",
                store::insert,
                INSERT,
                QueryAudit::tuple,
                new WriteBehind.Bounds(config.maxWaiting(), config.batch(), config.interval(), config.storeTimeout()));
        this.lost = metrics.counter("halo.gateway.audit.lost");
        metrics.gauge("halo.gateway.audit.waiting", writer, WriteBehind::waiting);
        FunctionCounter.builder("halo.gateway.audit.refused", writer, WriteBehind::refused)
                .description("Of the lost ones those that the database would not have")
                .register(metrics);
    }

    void start(@Observes StartupEvent event) {
        writer.start();
    }

    void stop(@Observes ShutdownEvent event) {
        writer.stop();
    }

    /** Now, to the millisecond. */
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * Has an entry written. While many wait those of nobody in particular have no room: whoever tries keys must not push out
     * what tells of integrators.
     */
    public void add(AuditEntry entry) {
        if (entry.integratorId() == null && writer.waiting() >= (config.maxWaiting() + 1) / 2) {
            lost.increment();
            return;
        }
        writer.add(entry).thenAccept(written -> {
            if (!written) {
                lost.increment();
            }
        });
    }

    /** What came of a query for whose end nobody waited. */
    public void ended(
            AuditEntry.Event event,
            UUID integratorId,
            UUID siteId,
            UUID queryId,
            String outcome,
            Long rows,
            Long bytes,
            long durationMillis) {
        Instant now = now();
        add(new AuditEntry(
                now,
                QueryIds.at(now),
                event,
                integratorId,
                null,
                null,
                null,
                siteId,
                queryId,
                null,
                outcome,
                rows,
                bytes,
                durationMillis,
                null));
    }

    /** Entries that fit, the latest first, and one more than asked for if there is; fails if the store cannot be reached. */
    CompletionStage<List<AuditEntry>> find(Search search) {
        return store.execute(
                        FIND,
                        Tuple.from(search.page()
                                .parameters(
                                        search.integratorId(), search.siteId(), search.outcome(), search.queryId())),
                        config.storeTimeout())
                .thenApply(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(QueryAudit::entry)
                        .toList());
    }

    private static AuditEntry entry(Row row) {
        return new AuditEntry(
                row.getOffsetDateTime(0).toInstant(),
                row.getUUID(1),
                AuditEntry.Event.ofWire(row.getString(2)),
                row.getUUID(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getUUID(7),
                row.getUUID(8),
                row.getInteger(9),
                row.getString(10),
                row.getLong(11),
                row.getLong(12),
                row.getLong(13),
                row.getString(14));
    }

    private static Tuple tuple(AuditEntry entry) {
        return Tuple.from(Arrays.asList(
                utc(entry.at()),
                entry.id(),
                entry.event().wire(),
                entry.integratorId(),
                entry.credential(),
                entry.address(),
                entry.method(),
                entry.siteId(),
                entry.queryId(),
                entry.httpStatus(),
                entry.outcome(),
                entry.rows(),
                entry.bytes(),
                entry.durationMillis(),
                entry.sqlSha256()));
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
