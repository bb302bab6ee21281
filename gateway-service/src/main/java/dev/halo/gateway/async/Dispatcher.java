package dev.halo.gateway.async;

import dev.halo.gateway.config.AsyncConfig;
import dev.halo.gateway.kafka.Messaging;
import dev.halo.gateway.kafka.QueryChannel;
import dev.halo.gateway.store.Store;
import dev.halo.messaging.LinkPresence;
import dev.halo.messaging.SessionDirectory;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.session.SessionRecord;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jboss.logging.Logger;

/**
 * Sends what waits in PostgreSQL to the Links, lane by lane: as many of a lane as its Link may have, the oldest first. A
 * row is marked as sent before its record is published, so a gateway that dies in between leaves one that nobody
 * acknowledges, and the sweeper sends it again.
 */
@ApplicationScoped
class Dispatcher {

    private static final Logger LOG = Logger.getLogger(Dispatcher.class);
    private static final int BATCH = 16;
    private static final int MAX_RUNNING = 3;
    private static final int MAX_WAITING = 20_000;

    private static final String LOCK = "select pg_advisory_xact_lock(hashtextextended($1, 1))";

    private static final String CLAIM = """
            with chosen as (
              select created_at, query_id from gateway.async_query
              where integrator_id = $1 and site_id = $2 and completed_at is null and session_id is null
                and cancel_code is null and (hold_until is null or hold_until <= $4)
                and created_at + max_queue * interval '1 millisecond' > $7
              order by created_at, query_id
              limit (select greatest(0, least($5::bigint, $6::bigint - count(*))) from gateway.async_query
                     where integrator_id = $1 and site_id = $2 and completed_at is null and session_id is not null)
              for update skip locked)
            update gateway.async_query q set session_id = $3, sent_at = $4
            from chosen where q.created_at = chosen.created_at and q.query_id = chosen.query_id
            returning\s""" + AsyncRows.COLUMNS + ", q.request, q.traceparent";

    private record Claimed(AsyncQuery query, byte[] request, String traceparent) {}

    private final Store store;
    private final AsyncConfig config;
    private final SessionDirectory sessions;
    private final QueryChannel channel;
    private final AsyncMetrics metrics;
    private final Clock clock;
    private final Set<Lane> waiting = new LinkedHashSet<>();
    private final Set<Lane> running = new HashSet<>();

    Dispatcher(
            Store store,
            AsyncConfig config,
            Messaging messaging,
            QueryChannel channel,
            AsyncMetrics metrics,
            Clock clock) {
        this.store = store;
        this.config = config;
        this.sessions = messaging.sessions();
        this.channel = channel;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Sends soon what may be sent of a lane. */
    void send(Lane lane) {
        synchronized (this) {
            if (waiting.size() >= MAX_WAITING) {
                // The sweeper finds it.
                return;
            }
            waiting.add(lane);
        }
        proceed();
    }

    private void proceed() {
        for (Lane lane = next(); lane != null; lane = next()) {
            Lane one = lane;
            run(one).whenComplete((more, failure) -> {
                synchronized (this) {
                    running.remove(one);
                    if (failure == null && more) {
                        waiting.add(one);
                    }
                }
                if (failure != null) {
                    LOG.warnf(
                            "event=asyncNotSent siteId=%s error=%s",
                            one.siteId(), failure.getClass().getSimpleName());
                }
                proceed();
            });
        }
    }

    private synchronized Lane next() {
        if (running.size() >= MAX_RUNNING) {
            return null;
        }
        for (Iterator<Lane> lanes = waiting.iterator(); lanes.hasNext(); ) {
            Lane lane = lanes.next();
            if (running.add(lane)) {
                lanes.remove();
                return lane;
            }
        }
        return null;
    }

    /** True if there may be more to send. */
    private CompletionStage<Boolean> run(Lane lane) {
        if (!(sessions.presence(lane.linkId()) instanceof LinkPresence.Connected connected)) {
            return CompletableFuture.completedFuture(false);
        }
        SessionRecord.Open session = connected.session();
        return store.inTransaction(config.storeTimeout(), connection -> claim(connection, lane, session))
                .thenCompose(claimed -> publish(claimed, session));
    }

    private Future<List<Claimed>> claim(SqlConnection connection, Lane lane, SessionRecord.Open session) {
        // Two gateways that count at the same time would together send more than the bound.
        return connection
                .preparedQuery(LOCK)
                .execute(Tuple.of(lane.integratorId() + ":" + lane.siteId()))
                .compose(locked -> connection
                        .preparedQuery(CLAIM)
                        .execute(Tuple.of(
                                lane.integratorId(),
                                lane.siteId(),
                                session.sessionId(),
                                AsyncRows.utc(clock.instant()),
                                (long) BATCH,
                                (long) config.maxAtLink(),
                                // As long as the sweeper lets one wait that must start at once, and no longer.
                                AsyncRows.utc(
                                        clock.instant().minus(config.sweep().unacknowledged())))))
                .map(found -> {
                    List<Claimed> claimed = new ArrayList<>();
                    for (Row row : found) {
                        claimed.add(new Claimed(
                                AsyncRows.query(row),
                                row.getBuffer(AsyncRows.WIDTH).getBytes(),
                                row.getString(AsyncRows.WIDTH + 1)));
                    }
                    claimed.sort(
                            Comparator.comparing((Claimed one) -> one.query().createdAt())
                                    .thenComparing(one -> one.query().id()));
                    return claimed;
                });
    }

    private CompletionStage<Boolean> publish(List<Claimed> claimed, SessionRecord.Open session) {
        CompletableFuture<?>[] all = claimed.stream()
                .map(one -> publish(one, session).toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(all).thenApply(done -> claimed.size() == BATCH);
    }

    private CompletionStage<Void> publish(Claimed one, SessionRecord.Open session) {
        AsyncQuery query = one.query();
        long left =
                Math.max(0, Duration.between(clock.instant(), query.deadline()).toMillis());
        QueryRequest request = Json.read(one.request(), QueryRequest.class).withQueueMillis(left);
        MessageHeaders headers = new MessageHeaders(
                MessageType.QUERY,
                query.id(),
                query.integratorId(),
                session.linkId(),
                session.sessionId(),
                left + config.executionLimit().toMillis(),
                one.traceparent());
        return channel.publish(session, query.siteId(), headers, Json.bytes(request))
                .thenRun(() -> metrics.sent("published"))
                .exceptionallyCompose(failure -> notPublished(query, failure));
    }

    /** What can never be published ends; all else is found unacknowledged and sent again. */
    private CompletionStage<Void> notPublished(AsyncQuery query, Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        metrics.sent("failed");
        LOG.warnf(
                "event=asyncNotPublished queryId=%s error=%s",
                query.id(), cause.getClass().getSimpleName());
        if (!(cause instanceof RecordTooLargeException)) {
            return CompletableFuture.completedFuture(null);
        }
        Instant now = clock.instant();
        return store.inTransaction(config.storeTimeout(), connection -> AsyncRows.lock(connection, query.id())
                .compose(found -> found.flatMap(row -> Transitions.ended(
                                row, AsyncStatus.INITIALISATION_FAILED_CACHE_ERROR, Failures.notPublished(), now))
                        .map(ended -> AsyncRows.save(connection, ended))
                        .orElse(Future.succeededFuture())));
    }
}
