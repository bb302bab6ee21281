package dev.halo.gateway.webhook;

import dev.halo.gateway.config.WebhookConfig;
import dev.halo.gateway.view.Views;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/** The queue of webhooks, in the store of the queries that they tell of. */
@ApplicationScoped
class StoredWebhooks implements WebhookQueue {

    private final WebhookStore store;
    private final Views views;
    private final int maxWaiting;

    StoredWebhooks(WebhookStore store, Views views, WebhookConfig config) {
        this.store = store;
        this.views = views;
        this.maxWaiting = config.maxWaitingPerIntegrator();
    }

    @Override
    public Future<Void> enqueue(
            SqlConnection connection, UUID integratorId, UUID siteId, UUID queryId, WebhookSource source) {
        if (!views.isLoaded()) {
            // Whether anybody is to be told is not known: what this belongs to is tried again.
            return Future.failedFuture(new IllegalStateException("the integrators' settings are not loaded"));
        }
        if (views.integrators().webhooks(integratorId).isEmpty()) {
            return Future.succeededFuture();
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return store.add(connection, integratorId, siteId, queryId, source, now, maxWaiting);
    }
}
