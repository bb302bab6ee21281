package dev.halo.routing.service;

import dev.halo.routing.bridge.Bridge;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while the slot is held and the bridge does not drain. Liveness asks nothing: Kafka may be away for a while. */
@Readiness
@ApplicationScoped
public class BridgeReadiness implements HealthCheck {

    private final BridgeService service;

    @Inject
    public BridgeReadiness(BridgeService service) {
        this.service = service;
    }

    @Override
    public HealthCheckResponse call() {
        Bridge bridge = service.bridge();
        return HealthCheckResponse.named("bridge")
                .status(bridge.isReady())
                .withData("condition", bridge.condition())
                .withData("sockets", bridge.sockets())
                .build();
    }
}
