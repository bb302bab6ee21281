package dev.halo.link.queue;

import dev.halo.protocol.query.QueryMode;
import java.util.Objects;
import java.util.UUID;

/**
 * What decides when a query may start.
 *
 * @param host the database server, as {@code host:port}
 */
public record QueueKey(UUID siteId, String host, UUID integratorId, QueryMode mode) {
    public QueueKey {
        Objects.requireNonNull(siteId, "siteId");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(integratorId, "integratorId");
        Objects.requireNonNull(mode, "mode");
    }
}
