package dev.halo.gateway.webhook;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.halo.gateway.body.JsonFormat;
import dev.halo.protocol.json.Json;
import java.util.Locale;
import java.util.UUID;

/** The body of a webhook: that there is a result, never the result. */
@JsonPropertyOrder({"id", "occurredAt", "siteId", "queryId", "webhookSource"})
record WebhookMessage(UUID id, String occurredAt, UUID siteId, UUID queryId, String webhookSource) {

    /** The name of a source on the wire. */
    static String wire(WebhookSource source) {
        return source.name().toLowerCase(Locale.ROOT);
    }

    /** The bytes that are sent and signed. */
    static byte[] bytes(Delivery delivery) {
        return Json.bytes(new WebhookMessage(
                delivery.id(),
                JsonFormat.format(delivery.occurredAt()),
                delivery.siteId(),
                delivery.queryId(),
                wire(delivery.source())));
    }
}
