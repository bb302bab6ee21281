package dev.halo.gateway.async;

import dev.halo.gateway.access.SiteChecks.Allowed;
import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.config.AsyncConfig;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.idempotency.Idempotency;
import dev.halo.gateway.idempotency.IdempotentRequest;
import dev.halo.gateway.page.PageInfo;
import dev.halo.gateway.page.PageSets;
import dev.halo.gateway.query.AsyncCommand;
import dev.halo.gateway.query.QueryIds;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.view.Views;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.site.SiteRecord;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Async queries as the API sees them: made, looked up, cancelled. PostgreSQL is the truth about them. */
@ApplicationScoped
public class AsyncQueries {

    private static final Duration FULL = Duration.ofSeconds(30);

    private final Store store;
    private final Idempotency idempotency;
    private final AsyncConfig config;
    private final Views views;
    private final AsyncChanges changes;
    private final Dispatcher dispatcher;
    private final StatusWaiters waiters;
    private final AsyncMetrics metrics;
    private final Clock clock;

    public AsyncQueries(
            Store store,
            Idempotency idempotency,
            AsyncConfig config,
            Views views,
            AsyncChanges changes,
            Dispatcher dispatcher,
            StatusWaiters waiters,
            AsyncMetrics metrics,
            Clock clock) {
        this.store = store;
        this.idempotency = idempotency;
        this.config = config;
        this.views = views;
        this.changes = changes;
        this.dispatcher = dispatcher;
        this.waiters = waiters;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * A query with its pages.
     *
     * @param pages that are stored, in order
     */
    public record Found(AsyncQuery query, List<PageInfo> pages) {}

    /**
     * Makes a query that has passed all checks; it is stored when this completes, and sent afterwards.
     *
     * @param key under which the request may come again
     * @return the query as it begins, or as the first one with the key began; fails with {@link Refusal}: 503 if it could
     *     not be stored, or if there are too many, and 409 if the key belongs to another request
     */
    public CompletionStage<AsyncQuery> create(
            Caller caller, Allowed allowed, AsyncCommand body, Optional<IdempotentRequest> key, String traceparent) {
        UUID id = QueryIds.at(clock.instant());
        AsyncQuery query = begun(id, caller, allowed, body);
        byte[] request = Json.bytes(new QueryRequest(
                id,
                query.siteId(),
                query.integratorId(),
                QueryMode.ASYNC,
                body.command(),
                body.catalogue(),
                body.maxTimeInQueue(),
                QueryRequest.NO_REPLY_SLOT,
                query.createdAt()));
        return available(store.inTransaction(config.storeTimeout(), connection -> idempotency
                        .claim(connection, key, id)
                        .compose(first -> first.equals(id)
                                ? roomFor(connection, query)
                                        .compose(room -> AsyncRows.insert(connection, query, request, traceparent))
                                        .map(first)
                                : Future.succeededFuture(first))))
                .thenApply(first -> {
                    if (!first.equals(id)) {
                        // The body is the same, so that this is what the first answer said.
                        return begun(first, caller, allowed, body);
                    }
                    metrics.started();
                    dispatcher.send(Lane.of(query));
                    return query;
                });
    }

    private static AsyncQuery begun(UUID id, Caller caller, Allowed allowed, AsyncCommand body) {
        Instant createdAt = QueryIds.createdAt(id).orElseThrow();
        SiteRecord site = allowed.site();
        return new AsyncQuery(
                id,
                caller.integratorId(),
                site.siteId(),
                site.linkId(),
                createdAt,
                body.maxTimeInQueue(),
                body.commandSize(),
                body.requestSize(),
                body.command().mayWrite(),
                allowed.enabledSince() == null ? createdAt : allowed.enabledSince(),
                Progress.begun(createdAt));
    }

    private Future<Void> roomFor(SqlConnection connection, AsyncQuery query) {
        return AsyncRows.unfinished(connection, query.integratorId(), query.siteId(), config.maxUnfinished())
                .compose(count -> count < config.maxUnfinished()
                        ? Future.succeededFuture()
                        : Future.failedFuture(Refusal.unavailable(
                                "Too many async queries of this site have not ended; this one was not attempted.",
                                FULL)));
    }

    /** A query of an integrator at a site; fails with {@link Refusal} 503 if the store cannot be reached. */
    public CompletionStage<Optional<AsyncQuery>> find(UUID integratorId, UUID siteId, UUID id) {
        return available(store.reading(config.storeTimeout(), connection -> AsyncRows.find(connection, id)))
                .thenApply(found -> found.filter(query -> isOf(query, integratorId, siteId)));
    }

    /** Those of the ids that are queries of an integrator at a site, by id, with their pages. */
    public CompletionStage<Map<UUID, Found>> findAll(UUID integratorId, UUID siteId, Collection<UUID> ids) {
        return available(store.reading(config.storeTimeout(), connection -> AsyncRows.findAll(connection, ids)
                .compose(queries -> withPages(
                        connection,
                        queries.stream()
                                .filter(query -> isOf(query, integratorId, siteId))
                                .toList()))));
    }

    /** A query with its pages. */
    public CompletionStage<Found> withPages(AsyncQuery query) {
        return hasPages(query)
                ? available(store.reading(config.storeTimeout(), connection -> withPages(connection, List.of(query))))
                        .thenApply(found -> found.get(query.id()))
                : CompletableFuture.completedFuture(new Found(query, List.of()));
    }

    private Future<Map<UUID, Found>> withPages(SqlConnection connection, List<AsyncQuery> queries) {
        List<PageSets.Owner> owners =
                queries.stream().filter(this::hasPages).map(AsyncChanges::owner).toList();
        return PageSets.list(connection, owners).map(pages -> {
            Map<UUID, Found> all = new HashMap<>();
            queries.forEach(query -> all.put(query.id(), new Found(query, pages.getOrDefault(query.id(), List.of()))));
            return all;
        });
    }

    private boolean hasPages(AsyncQuery query) {
        return query.progress().result() != null && query.progress().result().pages() > 0 && !isGone(query);
    }

    /** Whether the result can no longer be fetched: it was removed or will be at the next look, or its time is over. */
    public boolean isGone(AsyncQuery query) {
        Instant completedAt = query.progress().completedAt();
        return query.progress().pagesRemoved()
                || !views.integrators().isStillEnabled(query.integratorId(), query.siteId(), query.enabledSince())
                || completedAt != null
                        && completedAt.plus(config.resultLifetime()).isBefore(clock.instant());
    }

    /** Waits until a query is no longer in the status that it has here; at most so long. */
    public CompletionStage<Void> changed(AsyncQuery seen, Duration wait) {
        return waiters.changed(seen.id(), seen.status(), wait);
    }

    /** Has a query end wherever it is, and removes its pages; again does nothing. */
    public CompletionStage<Void> cancel(AsyncQuery query) {
        return available(changes.change(
                        query.id(), locked -> Transitions.cancelled(locked, LinkErrorCode.CANCELLED, changes.now())))
                .thenAccept(changed -> {});
    }

    /** A page of it is about to be read: should it not have ended, it can no longer begin anew. */
    public CompletionStage<Void> pageGiven(AsyncQuery query) {
        return query.hasEnded() || query.progress().pagesGiven()
                ? CompletableFuture.completedFuture(null)
                : available(store.inTransaction(
                        config.storeTimeout(), connection -> AsyncRows.pageGiven(connection, query)));
    }

    /** The clients' hint when to ask first. */
    public Duration pollingHint() {
        return config.pollingHint();
    }

    private static boolean isOf(AsyncQuery query, UUID integratorId, UUID siteId) {
        return query.integratorId().equals(integratorId) && query.siteId().equals(siteId);
    }

    private static <T> CompletionStage<T> available(CompletionStage<T> stored) {
        return stored.exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            return CompletableFuture.failedFuture(cause instanceof Refusal ? cause : Store.unavailable());
        });
    }
}
