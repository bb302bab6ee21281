package dev.halo.gateway.async;

import dev.halo.gateway.async.AsyncChanges.Changed;
import dev.halo.gateway.config.AsyncConfig;
import dev.halo.gateway.kafka.Messaging;
import dev.halo.gateway.lifecycle.ResultProgress;
import dev.halo.gateway.store.Store;
import dev.halo.messaging.LinkPresence;
import dev.halo.messaging.SessionDirectory;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowIterator;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Looks at all unfinished queries again and again, at one gateway at a time: sends what waits and what nobody
 * acknowledged, ends what will not end by itself. It concludes nothing from silence before all that was reported has been
 * read.
 */
@ApplicationScoped
class Sweeper {

    private static final Logger LOG = Logger.getLogger(Sweeper.class);
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final long LOCK_KEY = 0x48616C6F41737931L;

    private static final String LOCK = "select pg_try_advisory_xact_lock($1)";

    private static final String UNFINISHED = "select " + AsyncRows.COLUMNS + """
            , s.journal_id,
              case when q.status in ('executing', 'uploading') then
                (select max(p.stored_at) from gateway.result_page p
                 where p.created_hour = date_trunc('hour', q.created_at, 'UTC') and p.query_id = q.query_id) end
            from gateway.async_query q left join gateway.link_session s on s.session_id = q.session_id
            where q.completed_at is null and (q.created_at, q.query_id) > ($1, $2)
            order by q.created_at, q.query_id limit $3""";

    private static final String JOURNAL = "select journal_id from gateway.link_session where session_id = $1";

    private static final String STAND = """
            select count(*), count(*) filter (where session_id is null), min(created_at)
            from gateway.async_query where completed_at is null""";

    private static final String FORGET = """
            delete from gateway.link_session s where opened_at < $1
              and exists (select 1 from gateway.link_session later
                          where later.link_id = s.link_id and later.opened_at > s.opened_at)""";

    private final Store store;
    private final AsyncConfig config;
    private final SessionDirectory sessions;
    private final ResultProgress results;
    private final AsyncChanges changes;
    private final Dispatcher dispatcher;
    private final PolicySweep policies;
    private final AsyncMetrics metrics;
    private final SweepRules rules;
    private final ScheduledExecutorService looker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "async-sweeper");
        thread.setDaemon(true);
        return thread;
    });
    private volatile CompletableFuture<?> round = CompletableFuture.completedFuture(null);
    private volatile long[] endsBefore;

    Sweeper(
            Store store,
            AsyncConfig config,
            ResultProgress results,
            Messaging messaging,
            AsyncChanges changes,
            Dispatcher dispatcher,
            PolicySweep policies,
            AsyncMetrics metrics) {
        this.store = store;
        this.config = config;
        this.sessions = messaging.sessions();
        this.results = results;
        this.changes = changes;
        this.dispatcher = dispatcher;
        this.policies = policies;
        this.metrics = metrics;
        this.rules = new SweepRules(config);
    }

    void start(@Observes StartupEvent event) {
        long interval = config.sweep().interval().toMillis();
        looker.scheduleWithFixedDelay(this::lookAgain, interval, interval, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        looker.shutdownNow();
    }

    /** What a look throws must not end the looking. */
    private void lookAgain() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.error("event=sweeperFault", e);
        }
    }

    private void look() {
        if (!store.isReady() || !round.isDone() || !sessions.isLoaded()) {
            return;
        }
        round = isAllRead()
                .thenCompose(read -> store.inTransaction(LONGEST, connection -> lock(connection)
                        .compose(mine -> mine ? Future.fromCompletionStage(sweep(read)) : Future.succeededFuture())))
                .thenCompose(done -> stand())
                .handle((done, failure) -> {
                    metrics.swept(failure == null ? "done" : "failed");
                    if (failure != null) {
                        // What is known of Links and reports may be old until they have been read again.
                        endsBefore = null;
                        LOG.warnf(
                                "event=sweepFailed error=%s", failure.getClass().getSimpleName());
                    }
                    return null;
                })
                .toCompletableFuture();
    }

    /** Whether all has been read that had been reported when it was last looked. */
    private CompletionStage<Boolean> isAllRead() {
        long[] before = endsBefore;
        return results.ends().thenCompose(ends -> {
            endsBefore = ends;
            return before == null ? CompletableFuture.completedFuture(false) : results.hasReached(before);
        });
    }

    /** For as long as the connection's transaction lasts, and so no longer than this gateway lives. */
    private static Future<Boolean> lock(SqlConnection connection) {
        return connection.preparedQuery(LOCK).execute(Tuple.of(LOCK_KEY)).map(found -> found.iterator()
                .next()
                .getBoolean(0));
    }

    private CompletionStage<Void> sweep(boolean allRead) {
        return policies.sweep()
                .exceptionally(failure -> {
                    LOG.warnf(
                            "event=policySweepFailed error=%s",
                            failure.getClass().getSimpleName());
                    return null;
                })
                .thenCompose(done -> rows(Instant.EPOCH, new UUID(0, 0), new Round(allRead, new HashMap<>())))
                .thenCompose(done -> store.execute(
                        FORGET,
                        Tuple.of(AsyncRows.utc(changes.now().minus(config.retention()))),
                        config.storeTimeout()))
                .thenAccept(done -> {});
    }

    /**
     * One look at all rows.
     *
     * @param allRead whether silence means anything
     * @param journals of the sessions that are open, as they were asked for
     */
    private record Round(boolean allRead, Map<UUID, Optional<UUID>> journals) {}

    private CompletionStage<Void> rows(Instant after, UUID afterId, Round round) {
        int batch = config.sweep().batch();
        return store.execute(UNFINISHED, Tuple.of(AsyncRows.utc(after), afterId, batch), config.storeTimeout())
                .thenCompose(found -> {
                    CompletionStage<Void> all = CompletableFuture.completedFuture(null);
                    AsyncQuery last = null;
                    for (Row row : found) {
                        AsyncQuery query = AsyncRows.query(row);
                        all = all.thenCompose(done -> look(query, row, round));
                        last = query;
                    }
                    if (found.size() < batch) {
                        return all;
                    }
                    AsyncQuery end = last;
                    return all.thenCompose(done -> rows(end.createdAt(), end.id(), round));
                });
    }

    private CompletionStage<Void> look(AsyncQuery query, Row row, Round round) {
        LinkPresence presence = sessions.presence(query.linkId());
        if (query.progress().cancel() != null) {
            // The first word may not have reached it.
            changes.cancel(query);
        }
        if (query.progress().sessionId() == null && presence instanceof LinkPresence.Connected) {
            dispatcher.send(Lane.of(query));
        }
        if (!round.allRead) {
            return CompletableFuture.completedFuture(null);
        }
        return journal(presence, round.journals).thenCompose(journal -> {
            SweepRules.Surroundings around = new SweepRules.Surroundings(
                    presence,
                    sessions.availability(query.linkId()),
                    row.getUUID(AsyncRows.WIDTH),
                    journal.orElse(null),
                    AsyncRows.instant(row, AsyncRows.WIDTH + 1));
            if (rules.of(query, around, changes.now()).isEmpty()) {
                return CompletableFuture.completedFuture(null);
            }
            return changes.change(query.id(), locked -> rules.of(locked, around, changes.now()))
                    .thenAccept(changed -> changed.ifPresent(this::swept));
        });
    }

    private void swept(Changed changed) {
        AsyncQuery after = changed.after();
        LOG.infof(
                "event=asyncSwept queryId=%s from=%s to=%s",
                after.id(), changed.before().status().wire(), after.status().wire());
        if (after.hasEnded()) {
            changes.cancel(changed.before());
        } else {
            dispatcher.send(Lane.of(after));
        }
    }

    private CompletionStage<Optional<UUID>> journal(LinkPresence presence, Map<UUID, Optional<UUID>> known) {
        if (!(presence instanceof LinkPresence.Connected connected)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        UUID session = connected.session().sessionId();
        if (known.containsKey(session)) {
            return CompletableFuture.completedFuture(known.get(session));
        }
        return store.execute(JOURNAL, Tuple.of(session), config.storeTimeout()).thenApply(found -> {
            RowIterator<Row> rows = found.iterator();
            Optional<UUID> journal = rows.hasNext() ? Optional.of(rows.next().getUUID(0)) : Optional.empty();
            known.put(session, journal);
            return journal;
        });
    }

    private CompletionStage<Void> stand() {
        return store.execute(STAND, Tuple.tuple(), config.storeTimeout()).thenAccept(this::stand);
    }

    private void stand(RowSet<Row> found) {
        Row row = found.iterator().next();
        Instant oldest = AsyncRows.instant(row, 2);
        metrics.stand(
                row.getLong(0),
                row.getLong(1),
                oldest == null ? Duration.ZERO : Duration.between(oldest, changes.now()));
    }
}
