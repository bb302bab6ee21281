package dev.halo.protocol.query;

import java.util.Objects;
import java.util.UUID;

/**
 * A query must end, wherever it is.
 *
 * @param cause the code its outcome will carry
 */
public record CancelRequest(UUID queryId, UUID siteId, LinkErrorCode cause) {
    public CancelRequest {
        Objects.requireNonNull(queryId, "queryId");
        Objects.requireNonNull(siteId, "siteId");
        Objects.requireNonNull(cause, "cause");
    }
}
