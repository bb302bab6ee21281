package dev.halo.routing.service;

import dev.halo.routing.config.RoutingConfig;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Drains when the process is told to stop. This event comes before anything is taken down, and while it is observed the
 * HTTP server still serves: the sockets that are open must be told where to go.
 */
@ApplicationScoped
public class ShutdownDrain {

    private static final Logger LOG = Logger.getLogger(ShutdownDrain.class);

    private final BridgeService service;
    private final RoutingConfig.Drain limits;

    @Inject
    public ShutdownDrain(BridgeService service, RoutingConfig config) {
        this.service = service;
        this.limits = config.drain();
    }

    void drain(@Observes ShutdownDelayInitiatedEvent event) {
        Duration limit =
                limits.spread().plus(limits.unfinished()).plus(limits.grace().multipliedBy(2));
        try {
            service.drain().toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            LOG.info("event=drainEnded");
        } catch (TimeoutException | ExecutionException e) {
            LOG.warnf("event=drainNotEnded sockets=%d", service.bridge().sockets());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
