package dev.halo.gateway.idempotency;

import dev.halo.gateway.config.IdempotencyConfig;
import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.store.Store;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Remembers the keys of requests that may be sent again. A request is claimed in the very transaction that stores what it
 * makes, so that of two that come at once one waits for the other:
 *
 * <pre>{@code
 * store.inTransaction(timeout, connection -> idempotency.claim(connection, request, queryId)
 *         .compose(first -> first.equals(queryId)
 *                 ? insert(connection, queryId, …).map(done -> queryId)
 *                 : Future.succeededFuture(first)))
 * }</pre>
 *
 * and what is answered then is the answer to the first id.
 */
@ApplicationScoped
public class Idempotency {

    private static final Logger LOG = Logger.getLogger(Idempotency.class);

    /** A key whose time is over is taken as if it had never been there. */
    private static final String CLAIM = """
            insert into gateway.idempotency_key as known
              (integrator_id, site_id, key, fingerprint, query_id, state, created_at)
            values ($1, $2, $3, $4, $5, 'BEGUN', now())
            on conflict (integrator_id, site_id, key) do update
            set fingerprint = excluded.fingerprint, query_id = excluded.query_id, state = 'BEGUN', http_status = null,
                answer = null, created_at = excluded.created_at
            where known.created_at < now() - $6 * interval '1 millisecond'
            returning query_id""";

    private static final String FIND = """
            select query_id, fingerprint, state, http_status, answer,
                (extract(epoch from clock_timestamp() - created_at) * 1000)::bigint as age
            from gateway.idempotency_key where integrator_id = $1 and site_id = $2 and key = $3""";

    private static final String END = """
            update gateway.idempotency_key set state = $5, http_status = $6, answer = $7
            where integrator_id = $1 and site_id = $2 and key = $3 and query_id = $4""";

    private static final String RELEASE = """
            delete from gateway.idempotency_key
            where integrator_id = $1 and site_id = $2 and key = $3 and query_id = $4""";

    private static final String FORGET =
            "delete from gateway.idempotency_key where created_at < now() - $1 * interval '1 millisecond'";

    private final Store store;
    private final IdempotencyConfig config;
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "idempotency");
        thread.setDaemon(true);
        return thread;
    });

    public Idempotency(Store store, IdempotencyConfig config) {
        this.store = store;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        long interval = config.maintenance().toMillis();
        worker.scheduleWithFixedDelay(this::forget, interval, interval, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        worker.shutdownNow();
    }

    /**
     * Claims a key for a query that is about to be made, in the transaction of the connection.
     *
     * @return the id of the query that the key stands for: the given one if it is the first; fails with {@link Refusal}
     *     409 if the key was used for another request
     */
    public Future<UUID> claim(SqlConnection connection, IdempotentRequest request, UUID queryId) {
        Tuple claim = Tuple.of(
                request.integratorId(), request.siteId(), request.key(), request.fingerprint(), queryId, (double)
                        config.retention().toMillis());
        return connection.preparedQuery(CLAIM).execute(claim).compose(claimed -> {
            if (claimed.rowCount() > 0) {
                return Future.succeededFuture(queryId);
            }
            // The insert has waited for the first one's transaction, so what that has committed can be seen.
            return connection.preparedQuery(FIND).execute(key(request)).map(rows -> known(
                            rows.iterator().next(), request)
                    .queryId());
        });
    }

    /** As {@link #claim(SqlConnection, IdempotentRequest, UUID)}; without a key every request is the first. */
    public Future<UUID> claim(SqlConnection connection, Optional<IdempotentRequest> request, UUID queryId) {
        return request.map(one -> claim(connection, one, queryId)).orElseGet(() -> Future.succeededFuture(queryId));
    }

    /**
     * Claims a key for an immediate query, before it is begun.
     *
     * @return what the key stands for: with the given id if it is the first; fails with {@link Refusal}, 409 if the key
     *     was used for another request and 503 if the store cannot be reached
     */
    public CompletionStage<KnownRequest> begin(IdempotentRequest request, UUID queryId) {
        return store.inTransaction(config.storeTimeout(), connection -> claim(connection, request, queryId)
                        .compose(first -> connection.preparedQuery(FIND).execute(key(request)))
                        .map(rows -> known(rows.iterator().next(), request)))
                .exceptionallyCompose(Idempotency::unavailable);
    }

    /** How far the query has come that a key stands for. Fails as {@link #begin}; 404 where the key was given back. */
    public CompletionStage<KnownRequest> look(IdempotentRequest request) {
        return store.execute(FIND, key(request), config.storeTimeout())
                .thenApply(rows -> {
                    if (rows.rowCount() == 0) {
                        throw Refusal.notFound("The request with this key has been given up.");
                    }
                    return known(rows.iterator().next(), request);
                })
                .exceptionallyCompose(Idempotency::unavailable);
    }

    /** Keeps the answer to an immediate query for those who send it again. */
    public CompletionStage<Void> answered(IdempotentRequest request, UUID queryId, int httpStatus, String answer) {
        return end(request, queryId, KnownRequest.State.ANSWERED, httpStatus, answer);
    }

    /** An immediate query has ended with an answer that is not kept. */
    public CompletionStage<Void> notKept(IdempotentRequest request, UUID queryId) {
        return end(request, queryId, KnownRequest.State.NOT_KEPT, null, null);
    }

    /** Gives a key back: nothing was attempted, and the request may come again. */
    public CompletionStage<Void> release(IdempotentRequest request, UUID queryId) {
        return store.execute(RELEASE, key(request).addUUID(queryId), config.storeTimeout())
                .thenAccept(rows -> {});
    }

    private CompletionStage<Void> end(
            IdempotentRequest request, UUID queryId, KnownRequest.State state, Integer httpStatus, String answer) {
        Tuple end = key(request)
                .addUUID(queryId)
                .addString(state.name())
                .addInteger(httpStatus)
                .addString(answer);
        return store.execute(END, end, config.storeTimeout()).thenAccept(rows -> {});
    }

    private static Tuple key(IdempotentRequest request) {
        return Tuple.of(request.integratorId(), request.siteId(), request.key());
    }

    private static KnownRequest known(Row row, IdempotentRequest request) {
        UUID queryId = row.getUUID("query_id");
        if (!row.getString("fingerprint").equals(request.fingerprint())) {
            throw Refusal.of(
                    Reason.CONFLICT,
                    "The " + IdempotentRequest.HEADER + " was used for another request, which made the query " + queryId
                            + ".");
        }
        return new KnownRequest(
                queryId,
                KnownRequest.State.valueOf(row.getString("state")),
                row.getInteger("http_status"),
                row.getString("answer"),
                row.getLong("age"));
    }

    private static <T> CompletionStage<T> unavailable(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return CompletableFuture.failedFuture(cause instanceof Refusal ? cause : Store.unavailable());
    }

    private void forget() {
        try {
            store.execute(FORGET, Tuple.of((double) config.retention().toMillis()), config.storeTimeout())
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            LOG.debug("event=idempotencyMaintenanceFailed");
        }
    }
}
