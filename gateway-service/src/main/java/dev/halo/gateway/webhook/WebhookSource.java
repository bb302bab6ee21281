package dev.halo.gateway.webhook;

/** What a webhook tells of. */
public enum WebhookSource {
    ASYNC,
    REGISTERED
}
