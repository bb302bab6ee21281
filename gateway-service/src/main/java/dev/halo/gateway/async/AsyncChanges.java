package dev.halo.gateway.async;

import dev.halo.gateway.audit.AuditEntry;
import dev.halo.gateway.audit.QueryAudit;
import dev.halo.gateway.config.AsyncConfig;
import dev.halo.gateway.kafka.Messaging;
import dev.halo.gateway.kafka.QueryChannel;
import dev.halo.gateway.page.PageSets;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.webhook.WebhookQueue;
import dev.halo.gateway.webhook.WebhookSource;
import dev.halo.messaging.LinkPresence;
import dev.halo.messaging.SessionDirectory;
import dev.halo.protocol.query.CancelRequest;
import dev.halo.protocol.query.LinkErrorCode;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** Changes rows of async queries, one at a time and locked, together with all that hangs on them. */
@ApplicationScoped
class AsyncChanges {

    private static final Logger LOG = Logger.getLogger(AsyncChanges.class);

    /** What becomes of a query; empty: nothing. */
    @FunctionalInterface
    interface Change {
        Future<Optional<AsyncQuery>> of(SqlConnection connection, AsyncQuery query);
    }

    /**
     * A change that was made.
     *
     * @param before as the row was
     * @param after as it is
     */
    record Changed(AsyncQuery before, AsyncQuery after) {}

    private final Store store;
    private final AsyncConfig config;
    private final WebhookQueue webhooks;
    private final SessionDirectory sessions;
    private final QueryChannel channel;
    private final Dispatcher dispatcher;
    private final StatusWaiters waiters;
    private final AsyncMetrics metrics;
    private final QueryAudit audit;
    private final Clock clock;

    AsyncChanges(
            Store store,
            AsyncConfig config,
            WebhookQueue webhooks,
            Messaging messaging,
            QueryChannel channel,
            Dispatcher dispatcher,
            StatusWaiters waiters,
            AsyncMetrics metrics,
            QueryAudit audit,
            Clock clock) {
        this.store = store;
        this.config = config;
        this.webhooks = webhooks;
        this.sessions = messaging.sessions();
        this.channel = channel;
        this.dispatcher = dispatcher;
        this.waiters = waiters;
        this.metrics = metrics;
        this.audit = audit;
        this.clock = clock;
    }

    /** The time that changes carry, to the millisecond. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * Changes a query in a transaction of its own.
     *
     * @return empty if there is none of this id, or if nothing changed
     */
    CompletionStage<Optional<Changed>> change(UUID id, Change change) {
        return store.inTransaction(config.storeTimeout(), connection -> AsyncRows.lock(connection, id)
                        .compose(found -> found.isEmpty()
                                ? Future.succeededFuture(Optional.<Changed>empty())
                                : change.of(connection, found.get())
                                        .compose(next -> next.isEmpty()
                                                ? Future.succeededFuture(Optional.<Changed>empty())
                                                : write(connection, found.get(), next.get()))))
                .thenApply(changed -> {
                    changed.ifPresent(this::made);
                    return changed;
                });
    }

    /** As {@link #change}, where the database is not needed to decide. */
    CompletionStage<Optional<Changed>> change(UUID id, Function<AsyncQuery, Optional<AsyncQuery>> change) {
        return change(id, (connection, query) -> Future.succeededFuture(change.apply(query)));
    }

    /** Writes a change in a transaction of the caller's, who says {@link #made} after its commit. */
    Future<Optional<Changed>> write(SqlConnection connection, AsyncQuery before, AsyncQuery after) {
        return AsyncRows.save(connection, after)
                .compose(saved -> pages(connection, before, after))
                .compose(done -> after.status() == AsyncStatus.SUCCESSFUL && !before.hasEnded()
                        ? webhooks.enqueue(
                                connection, after.integratorId(), after.siteId(), after.id(), WebhookSource.ASYNC)
                        : Future.succeededFuture())
                .map(done -> Optional.of(new Changed(before, after)));
    }

    /** What no longer belongs to a result goes at once: it is health data. */
    private static Future<Void> pages(SqlConnection connection, AsyncQuery before, AsyncQuery after) {
        boolean begunAnew = after.status() == AsyncStatus.INITIALISING && before.status() != AsyncStatus.INITIALISING;
        boolean failed = after.hasEnded() && after.status() != AsyncStatus.SUCCESSFUL && !before.hasEnded();
        boolean removed = after.progress().pagesRemoved() && !before.progress().pagesRemoved();
        if (begunAnew || failed || removed) {
            return PageSets.removeBehind(connection, owner(after), 0);
        }
        return after.status() == AsyncStatus.SUCCESSFUL
                ? PageSets.removeBehind(
                        connection, owner(after), after.progress().result().pages())
                : Future.succeededFuture();
    }

    /** A change was committed: tells whoever waits for it. */
    void made(Changed changed) {
        AsyncQuery after = changed.after();
        waiters.wake(after.id(), after.status());
        if (after.hasEnded() && !changed.before().hasEnded()) {
            metrics.ended(after);
            noted(after);
            LOG.debugf(
                    "event=asyncEnded queryId=%s status=%s",
                    after.id(), after.status().wire());
            dispatcher.send(Lane.of(after));
        }
        boolean wanted =
                after.progress().cancel() != null && changed.before().progress().cancel() == null;
        if (wanted) {
            cancel(after);
        }
    }

    private void noted(AsyncQuery ended) {
        AsyncResult result = ended.progress().result();
        boolean hasRows = result != null && result.affected() == null;
        audit.ended(
                AuditEntry.Event.ASYNC_END,
                ended.integratorId(),
                ended.siteId(),
                ended.id(),
                ended.status().wire(),
                hasRows ? (Long) result.rows() : null,
                hasRows ? (Long) result.size() : null,
                Duration.between(ended.createdAt(), ended.progress().completedAt())
                        .toMillis());
    }

    /** Tells the Link that a query is over, if it was sent to it and can be reached. */
    void cancel(AsyncQuery query) {
        LinkErrorCode cause = query.progress().cancel() == null
                ? LinkErrorCode.CANCELLED
                : query.progress().cancel();
        if (query.progress().sessionId() != null
                && sessions.presence(query.linkId()) instanceof LinkPresence.Connected connected) {
            channel.cancel(
                    connected.session(), query.integratorId(), new CancelRequest(query.id(), query.siteId(), cause));
        }
    }

    static PageSets.Owner owner(AsyncQuery query) {
        return new PageSets.Owner(query.id(), query.createdAt(), query.linkId());
    }
}
