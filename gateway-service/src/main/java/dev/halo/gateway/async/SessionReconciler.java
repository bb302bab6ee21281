package dev.halo.gateway.async;

import dev.halo.gateway.async.AsyncChanges.Changed;
import dev.halo.gateway.config.AsyncConfig;
import dev.halo.gateway.kafka.Messaging;
import dev.halo.gateway.lifecycle.ResultProgress;
import dev.halo.gateway.store.Store;
import dev.halo.messaging.SessionDirectory;
import dev.halo.protocol.session.SessionOpened;
import dev.halo.protocol.session.SessionRecord;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Finds out, when a Link has opened a session, what became of the queries that it had. Its reports lie in other partitions
 * than the session's event, so first all that had been reported by then is read: an outcome that waits there must not be
 * taken for a query that was lost. One gateway does it, in one transaction.
 */
@ApplicationScoped
class SessionReconciler {

    private static final Logger LOG = Logger.getLogger(SessionReconciler.class);
    private static final int SESSIONS_AT_ONCE = 20;
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private static final String HEARD = """
            insert into gateway.link_session (session_id, link_id, journal_id, held, read_to, opened_at)
            values ($1, $2, $3, $4, $5, $6) on conflict do nothing""";

    private static final String OPEN = """
            select session_id, link_id, journal_id, held, read_to, opened_at from gateway.link_session
            where reconciled_at is null order by opened_at limit\s""" + SESSIONS_AT_ONCE;

    private static final String TAKE = """
            select 1 from gateway.link_session where session_id = $1 and reconciled_at is null
            for update skip locked""";

    private static final String UNFINISHED = "select " + AsyncRows.COLUMNS + """
            , s.journal_id from gateway.async_query q left join gateway.link_session s on s.session_id = q.session_id
            where q.link_id = $1 and q.completed_at is null
              and (q.session_id <> $2 or q.query_id = any($3))
            order by q.created_at, q.query_id for update of q""";

    private static final String DONE = "update gateway.link_session set reconciled_at = $2 where session_id = $1";

    private static final String LANES = """
            select distinct integrator_id, site_id from gateway.async_query
            where link_id = $1 and completed_at is null and session_id is null""";

    private record Heard(SessionOpened opened, long[] readTo, Instant at) {}

    private final Store store;
    private final AsyncConfig config;
    private final SessionDirectory sessions;
    private final ResultProgress results;
    private final AsyncChanges changes;
    private final Dispatcher dispatcher;
    private final AsyncMetrics metrics;
    private final ScheduledExecutorService looker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "session-reconciler");
        thread.setDaemon(true);
        return thread;
    });
    private volatile CompletableFuture<Void> round = CompletableFuture.completedFuture(null);

    SessionReconciler(
            Store store,
            AsyncConfig config,
            ResultProgress results,
            Messaging messaging,
            AsyncChanges changes,
            Dispatcher dispatcher,
            AsyncMetrics metrics) {
        this.store = store;
        this.config = config;
        this.sessions = messaging.sessions();
        this.results = results;
        this.changes = changes;
        this.dispatcher = dispatcher;
        this.metrics = metrics;
    }

    void start(@Observes StartupEvent event) {
        long interval = config.sweep().reconciliation().toMillis();
        looker.scheduleWithFixedDelay(this::lookAgain, interval, interval, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        looker.shutdownNow();
    }

    /** Remembers that a session was opened, and how far reports must be read before it is reconciled. */
    CompletionStage<Void> opened(SessionOpened opened) {
        return results.ends()
                .thenCompose(ends -> store.execute(
                        HEARD,
                        Tuple.of(
                                opened.sessionId(),
                                opened.linkId(),
                                opened.journalId(),
                                opened.held().toArray(UUID[]::new),
                                Arrays.stream(ends).boxed().toArray(Long[]::new),
                                AsyncRows.utc(changes.now())),
                        config.storeTimeout()))
                .thenAccept(written -> metrics.event("sessionOpened", "applied"));
    }

    /** What a look throws must not end the looking. */
    private void lookAgain() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.error("event=reconcilerFault", e);
        }
    }

    private void look() {
        if (!store.isReady() || !round.isDone() || !sessions.isLoaded()) {
            return;
        }
        round = store.execute(OPEN, Tuple.tuple(), config.storeTimeout())
                .thenCompose(found -> {
                    CompletionStage<Void> all = CompletableFuture.completedFuture(null);
                    for (Row row : found) {
                        Heard heard = heard(row);
                        all = all.thenCompose(before -> reconcileIfRead(heard));
                    }
                    return all;
                })
                .exceptionally(failure -> null)
                .toCompletableFuture();
    }

    private static Heard heard(Row row) {
        SessionOpened opened =
                new SessionOpened(row.getUUID(1), row.getUUID(0), row.getUUID(2), List.of(row.getArrayOfUUIDs(3)));
        long[] readTo =
                Arrays.stream(row.getArrayOfLongs(4)).mapToLong(Long::longValue).toArray();
        return new Heard(opened, readTo, AsyncRows.instant(row, 5));
    }

    private CompletionStage<Void> reconcileIfRead(Heard heard) {
        return results.hasReached(heard.readTo).thenCompose(read -> {
            if (read) {
                return reconcile(heard.opened);
            }
            if (heard.at.plus(config.sweep().readingLimit()).isBefore(changes.now())) {
                LOG.warnf("event=reconciledUnread linkId=%s", heard.opened.linkId());
                return reconcile(heard.opened);
            }
            return CompletableFuture.completedFuture(null);
        });
    }

    private CompletionStage<Void> reconcile(SessionOpened opened) {
        return sessions.catchUp().thenCompose(caughtUp -> {
            SessionRecord.Open current = sessions.opened(opened.linkId()).orElse(null);
            // A later session tells more; one that has closed is followed by another, or by the sweeper.
            boolean isCurrent = current != null && current.sessionId().equals(opened.sessionId());
            if (!caughtUp && !isCurrent) {
                // It may be current and not be known here yet: the next look will tell.
                return CompletableFuture.completedFuture(null);
            }
            return store.inTransaction(LONGEST, connection -> take(connection, opened)
                            .compose(mine -> mine && isCurrent
                                    ? all(connection, opened)
                                    : Future.succeededFuture(List.<Changed>of()))
                            .compose(changed -> done(connection, opened).map(changed)))
                    .thenCompose(changed ->
                            isCurrent ? afterwards(opened, changed) : CompletableFuture.completedFuture(null));
        });
    }

    private static Future<Boolean> take(SqlConnection connection, SessionOpened opened) {
        return connection
                .preparedQuery(TAKE)
                .execute(Tuple.of(opened.sessionId()))
                .map(found -> found.size() == 1);
    }

    private Future<List<Changed>> all(SqlConnection connection, SessionOpened opened) {
        Reconciliation rules = new Reconciliation(
                new Reconciliation.Opened(opened.sessionId(), opened.journalId(), new HashSet<>(opened.held())),
                config.maxRuns());
        Tuple parameters =
                Tuple.of(opened.linkId(), opened.sessionId(), opened.held().toArray(UUID[]::new));
        return connection.preparedQuery(UNFINISHED).execute(parameters).compose(found -> {
            List<Changed> changed = new ArrayList<>();
            Future<Void> written = Future.succeededFuture();
            for (Row row : found) {
                AsyncQuery query = AsyncRows.query(row);
                AsyncQuery next = rules.of(query, row.getUUID(AsyncRows.WIDTH), changes.now());
                written = written.compose(before -> changes.write(connection, query, next))
                        .map(one -> {
                            one.ifPresent(changed::add);
                            return null;
                        });
            }
            return written.map(changed);
        });
    }

    private Future<Void> done(SqlConnection connection, SessionOpened opened) {
        return connection
                .preparedQuery(DONE)
                .execute(Tuple.of(opened.sessionId(), AsyncRows.utc(changes.now())))
                .mapEmpty();
    }

    /** What the Link holds and nobody wants any more is cancelled; what waits for it is sent. */
    private CompletionStage<Void> afterwards(SessionOpened opened, List<Changed> changed) {
        changed.forEach(changes::made);
        metrics.reconciled();
        LOG.infof(
                "event=sessionReconciled linkId=%s sessionId=%s held=%d changed=%d",
                opened.linkId(), opened.sessionId(), opened.held().size(), changed.size());
        return store.inTransaction(config.storeTimeout(), connection -> AsyncRows.findAll(
                        connection, Set.copyOf(opened.held()))
                .map(held -> {
                    held.stream()
                            .filter(query -> query.linkId().equals(opened.linkId()))
                            .filter(query ->
                                    query.hasEnded() || query.progress().cancel() != null)
                            .forEach(changes::cancel);
                    return null;
                })
                .compose(done -> connection.preparedQuery(LANES).execute(Tuple.of(opened.linkId())))
                .map(lanes -> {
                    lanes.forEach(row -> dispatcher.send(new Lane(row.getUUID(0), row.getUUID(1), opened.linkId())));
                    return null;
                }));
    }
}
