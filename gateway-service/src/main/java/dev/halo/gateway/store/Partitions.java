package dev.halo.gateway.store;

import dev.halo.gateway.config.AsyncConfig;
import dev.halo.gateway.config.AuditConfig;
import dev.halo.gateway.config.GatewayConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Makes partitions ahead of time and drops those whose time is over: dropping a table frees its space at once, which
 * deleting rows does not. Every gateway does it; what another one has done already does not matter.
 */
@ApplicationScoped
public class Partitions {

    private static final Logger LOG = Logger.getLogger(Partitions.class);
    private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration UNTIL_FIRST_SUCCESS = Duration.ofSeconds(1);

    private static final String CREATE =
            "create table if not exists gateway.%s partition of gateway.%s for values from ('%s') to ('%s')";

    private static final String ATTACHED = """
            select c.relname, i.inhdetachpending from pg_inherits i
            join pg_class c on c.oid = i.inhrelid
            join pg_class p on p.oid = i.inhparent
            join pg_namespace n on n.oid = p.relnamespace
            where n.nspname = 'gateway' and p.relname = $1""";

    /** What was detached by somebody who did not come to drop it. */
    private static final String DETACHED = """
            select c.relname from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'gateway' and c.relkind = 'r' and not c.relispartition and c.relname like $1""";

    private final Store store;
    private final Duration interval;
    private final List<PartitionedTable> tables;
    private final AtomicLong failures = new AtomicLong();
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "partitions");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean made;

    public Partitions(Store store, GatewayConfig config, AsyncConfig async, AuditConfig audit) {
        this.store = store;
        this.interval = config.pages().maintenance();
        this.tables = List.of(
                new PartitionedTable(
                        "result_page",
                        Duration.ofHours(1),
                        config.pages().partitionsAhead(),
                        config.pages().retention()),
                new PartitionedTable(
                        "immediate_query",
                        Duration.ofDays(1),
                        Duration.ofDays(1),
                        config.records().retention()),
                new PartitionedTable("async_query", Duration.ofDays(1), Duration.ofDays(1), async.retention()),
                new PartitionedTable("query_audit", Duration.ofDays(1), Duration.ofDays(1), audit.retention()));
    }

    void start(@Observes StartupEvent event) {
        worker.execute(this::run);
    }

    void stop(@Observes ShutdownEvent event) {
        worker.shutdownNow();
    }

    /** Whether the partitions of this hour have been made once. */
    public boolean isReady() {
        return made;
    }

    /** Rounds of maintenance that failed since the start. */
    public long failures() {
        return failures.get();
    }

    private void run() {
        Duration next = interval;
        try {
            if (store.isReady()) {
                Instant now = Instant.now();
                tables.forEach(table -> create(table, now));
                made = true;
                tables.forEach(table -> drop(table, now));
            } else {
                next = UNTIL_FIRST_SUCCESS;
            }
        } catch (CompletionException e) {
            failures.incrementAndGet();
            next = made ? interval.dividedBy(5) : UNTIL_FIRST_SUCCESS;
            LOG.warnf(
                    "event=partitionMaintenanceFailed error=%s",
                    e.getCause().getClass().getSimpleName());
        } finally {
            if (!worker.isShutdown()) {
                worker.schedule(this::run, next.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    void create(PartitionedTable table, Instant now) {
        table.wanted(now)
                .forEach(begin -> await(store.command(
                        CREATE.formatted(table.partition(begin), table.name(), begin, begin.plus(table.span())),
                        STATEMENT_TIMEOUT)));
    }

    void drop(PartitionedTable table, Instant now) {
        for (Row row : await(store.execute(ATTACHED, Tuple.of(table.name()), STATEMENT_TIMEOUT))) {
            String partition = row.getString(0);
            if (table.isExpired(partition, now)) {
                // CONCURRENTLY: writers to the other partitions must not wait for readers of this one.
                String how = row.getBoolean(1) ? "finalize" : "concurrently";
                await(store.command(
                        "alter table gateway.%s detach partition gateway.%s %s".formatted(table.name(), partition, how),
                        STATEMENT_TIMEOUT));
            }
        }
        for (Row row : await(store.execute(DETACHED, Tuple.of(table.name() + "\\_%"), STATEMENT_TIMEOUT))) {
            String partition = row.getString(0);
            if (table.isExpired(partition, now)) {
                await(store.command(
                        "begin; set local lock_timeout = '5s'; drop table if exists gateway.%s; commit"
                                .formatted(partition),
                        STATEMENT_TIMEOUT));
                LOG.infof("event=partitionDropped partition=%s", partition);
            }
        }
    }

    private static RowSet<Row> await(CompletionStage<RowSet<Row>> statement) {
        return statement.toCompletableFuture().join();
    }
}
