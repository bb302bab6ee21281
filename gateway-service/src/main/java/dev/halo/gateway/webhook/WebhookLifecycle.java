package dev.halo.gateway.webhook;

import dev.halo.gateway.config.WebhookConfig;
import dev.halo.gateway.view.Views;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import java.security.SecureRandom;
import org.jboss.logging.Logger;

/** Starts and stops what sends webhooks. */
@ApplicationScoped
class WebhookLifecycle {

    private static final Logger LOG = Logger.getLogger(WebhookLifecycle.class);

    private final WebhookConfig config;
    private final WebhookClient client;
    private final WebhookWorker worker;

    WebhookLifecycle(WebhookStore store, Views views, WebhookConfig config, Vertx vertx, MeterRegistry metrics) {
        if (config.lease().compareTo(config.attemptTimeout().plus(config.storeTimeout())) <= 0) {
            throw new IllegalArgumentException(
                    "halo.gateway.webhooks.lease must be more than attempt-timeout and store-timeout together");
        }
        this.config = config;
        this.client = new WebhookClient(
                vertx,
                InetAddress::getAllByName,
                new TargetAddresses(config.allowPrivateTargets()),
                config.attemptTimeout(),
                config.maxConcurrent(),
                config.maxResponse().asLongValue());
        WebhookSender sender = new WebhookSender(store, client, views, config, new SecureRandom(), metrics);
        this.worker = new WebhookWorker(store, sender, config, views::isLoaded);
        metrics.gauge("halo.gateway.webhook.under.way", worker, WebhookWorker::underWay);
    }

    void start(@Observes StartupEvent event) {
        if (config.atRestKey().isEmpty()) {
            LOG.warn("event=webhooksNotSigned reason=noKeyAtRest");
        }
        if (config.allowPrivateTargets()) {
            LOG.warn("event=webhooksUnrestricted reason=privateTargetsAllowed");
        }
        worker.start();
    }

    void stop(@Observes ShutdownEvent event) {
        worker.close();
        client.close();
    }
}
