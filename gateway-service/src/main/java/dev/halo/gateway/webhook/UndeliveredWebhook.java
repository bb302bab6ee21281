package dev.halo.gateway.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;

/**
 * A webhook that did not reach its receiver, as operators see it.
 *
 * @param webhookSource {@code async} or {@code registered}
 * @param attempts that were made
 * @param lastStatus of the receiver's last answer; null where there was none
 * @param lastReason a word: why the last attempt failed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record UndeliveredWebhook(
        UUID id,
        UUID integratorId,
        UUID siteId,
        UUID queryId,
        String webhookSource,
        Instant occurredAt,
        Instant undeliveredAt,
        int attempts,
        Integer lastStatus,
        String lastReason) {}
