package dev.halo.gateway.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * A webhook that this gateway has to itself for one attempt.
 *
 * @param id the same for all attempts
 * @param attempt the number of this one, from 1
 * @param lastPause before this attempt; zero before the first
 * @param sinceFirst the time since the first attempt
 * @param lease proves that the webhook is still this gateway's
 */
record Delivery(
        UUID id,
        UUID integratorId,
        UUID siteId,
        UUID queryId,
        WebhookSource source,
        Instant occurredAt,
        int attempt,
        Duration lastPause,
        Duration sinceFirst,
        UUID lease) {}
