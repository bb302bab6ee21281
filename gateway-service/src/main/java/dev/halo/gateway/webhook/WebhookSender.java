package dev.halo.gateway.webhook;

import dev.halo.gateway.body.JsonFormat;
import dev.halo.gateway.config.WebhookConfig;
import dev.halo.gateway.view.Views;
import dev.halo.protocol.integrator.IntegratorFact.Webhooks;
import dev.halo.protocol.integrator.SecretSeal;
import dev.halo.protocol.integrator.WebhookTemplate;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/** Makes one attempt to deliver a webhook, and writes down what became of it. */
final class WebhookSender {

    private static final Logger LOG = Logger.getLogger(WebhookSender.class);

    private final WebhookStore store;
    private final WebhookClient client;
    private final Views views;
    private final Optional<SecretSeal> seal;
    private final RetryPolicy policy;
    private final boolean httpAllowed;
    private final RandomGenerator random;
    private final MeterRegistry metrics;

    WebhookSender(
            WebhookStore store,
            WebhookClient client,
            Views views,
            WebhookConfig config,
            RandomGenerator random,
            MeterRegistry metrics) {
        this.store = store;
        this.client = client;
        this.views = views;
        this.seal = config.atRestKey().map(SecretSeal::of);
        this.policy = new RetryPolicy(config.firstPause(), config.window(), config.maxAttempts());
        this.httpAllowed = config.allowPrivateTargets();
        this.random = random;
        this.metrics = metrics;
    }

    /** Completes when the attempt is over and written down, or could not be: then its lease brings it back. */
    CompletionStage<Void> attempt(Delivery delivery) {
        long begun = System.nanoTime();
        return send(delivery)
                .exceptionally(failure -> {
                    LOG.errorf(failure, "event=webhookFault webhookId=%s", delivery.id());
                    return Attempt.retry("fault");
                })
                .thenCompose(attempt -> {
                    metrics.timer("halo.gateway.webhook.attempt", "outcome", outcome(attempt))
                            .record(Duration.ofNanos(System.nanoTime() - begun));
                    return record(delivery, attempt);
                })
                .exceptionally(failure -> null);
    }

    private CompletionStage<Attempt> send(Delivery delivery) {
        if (delivery.attempt() > policy.maxAttempts()) {
            // The last one was begun by a gateway that did not come to write down its end.
            return CompletableFuture.completedFuture(Attempt.giveUp("lastAttemptUnknown"));
        }
        Optional<Webhooks> webhooks = views.integrators().webhooks(delivery.integratorId());
        if (webhooks.isEmpty()) {
            return CompletableFuture.completedFuture(Attempt.giveUp("noReceiver"));
        }
        URI url;
        String secret;
        try {
            url = WebhookTemplate.parse(template(webhooks.get(), delivery.source()), httpAllowed)
                    .fill(delivery.siteId(), delivery.queryId(), WebhookMessage.wire(delivery.source()));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(Attempt.giveUp("urlNotAllowed"));
        }
        try {
            secret = seal.orElseThrow(() -> new IllegalArgumentException("no key at rest"))
                    .open(delivery.integratorId(), webhooks.get().sealedSecret());
        } catch (IllegalArgumentException e) {
            // Configuration can put that right within the window.
            return CompletableFuture.completedFuture(Attempt.retry("secretNotReadable"));
        }
        byte[] body = WebhookMessage.bytes(delivery);
        return client.post(url, headers(delivery, secret, body), body, delivery.attempt() - 1);
    }

    private static String template(Webhooks webhooks, WebhookSource source) {
        String own = source == WebhookSource.ASYNC ? webhooks.asyncUrl() : webhooks.registeredUrl();
        return own == null ? webhooks.url() : own;
    }

    private static Map<String, String> headers(Delivery delivery, String secret, byte[] body) {
        String timestamp = JsonFormat.format(Instant.now());
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("User-Agent", "halo-webhooks/1");
        headers.put("X-Halo-Id", delivery.id().toString());
        headers.put("X-Halo-Timestamp", timestamp);
        headers.put("X-Halo-Signature-256", Signature.of(secret, body, timestamp));
        return headers;
    }

    private CompletionStage<Void> record(Delivery delivery, Attempt attempt) {
        return switch (attempt.verdict()) {
            case DELIVERED -> {
                log(delivery, attempt, "webhookDelivered");
                yield store.delivered(delivery);
            }
            case RETRY ->
                policy.pause(delivery.attempt(), delivery.lastPause(), delivery.sinceFirst(), random)
                        .map(pause -> {
                            log(delivery, attempt, "webhookPutOff");
                            return store.putOff(delivery, pause, attempt);
                        })
                        .orElseGet(() -> undelivered(delivery, attempt));
            case GIVE_UP -> undelivered(delivery, attempt);
        };
    }

    private CompletionStage<Void> undelivered(Delivery delivery, Attempt attempt) {
        metrics.counter("halo.gateway.webhook.undelivered", "reason", attempt.reason())
                .increment();
        log(delivery, attempt, "webhookUndelivered");
        return store.giveUp(delivery, attempt);
    }

    /** Never the URL: receivers put secrets of their own into it. */
    private static void log(Delivery delivery, Attempt attempt, String event) {
        LOG.infof(
                "event=%s webhookId=%s integratorId=%s queryId=%s attempt=%d reason=%s status=%s",
                event,
                delivery.id(),
                delivery.integratorId(),
                delivery.queryId(),
                delivery.attempt(),
                attempt.reason(),
                attempt.status());
    }

    private static String outcome(Attempt attempt) {
        return attempt.status() == null ? attempt.reason() : attempt.status() / 100 + "xx";
    }
}
