package dev.halo.gateway.webhook;

import io.quarkus.arc.DefaultBean;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/** Where nobody sends webhooks. */
@DefaultBean
@ApplicationScoped
class NoWebhooks implements WebhookQueue {

    @Override
    public Future<Void> enqueue(
            SqlConnection connection, UUID integratorId, UUID siteId, UUID queryId, WebhookSource source) {
        return Future.succeededFuture();
    }
}
