package dev.halo.registry.health;

import dev.halo.registry.outbox.RelayLifecycle;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive while the relay's thread is; what PostgreSQL and Kafka do has no part in it. */
@Liveness
public class RelayLiveness implements HealthCheck {

    private final RelayLifecycle relay;

    public RelayLiveness(RelayLifecycle relay) {
        this.relay = relay;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("relay-thread").status(relay.isAlive()).build();
    }
}
