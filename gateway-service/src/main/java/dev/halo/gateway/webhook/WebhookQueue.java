package dev.halo.gateway.webhook;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.UUID;

/** Where webhooks wait to be sent. */
public interface WebhookQueue {

    /** Adds one, in the transaction of the connection; does nothing where the integrator wants none. */
    Future<Void> enqueue(SqlConnection connection, UUID integratorId, UUID siteId, UUID queryId, WebhookSource source);
}
