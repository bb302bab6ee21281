package dev.halo.routing.service;

import dev.halo.routing.config.RoutingConfig;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Runs until it is told to stop, and then drains while the HTTP server still serves: the sockets that are open must be
 * told where to go.
 */
@QuarkusMain
public class RoutingApplication implements QuarkusApplication {

    private static final Logger LOG = Logger.getLogger(RoutingApplication.class);

    private final BridgeService service;
    private final RoutingConfig.Drain limits;

    @Inject
    public RoutingApplication(BridgeService service, RoutingConfig config) {
        this.service = service;
        this.limits = config.drain();
    }

    @Override
    public int run(String... args) throws Exception {
        Quarkus.waitForExit();
        Duration limit =
                limits.spread().plus(limits.grace()).plus(limits.unfinished()).plus(limits.grace());
        try {
            service.drain().toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            LOG.info("event=drainEnded");
        } catch (TimeoutException | ExecutionException e) {
            LOG.warnf("event=drainNotEnded sockets=%d", service.bridge().sockets());
        }
        return 0;
    }
}
