package dev.halo.registry.health;

import dev.halo.registry.outbox.RelayStatus;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Tells what the relay is doing and never stops traffic: without Kafka Links still renew their tokens and operators
 * still read, and a change is stored and answered 503. Readiness without PostgreSQL is decided by the data source's own
 * check.
 */
@Readiness
public class PublishingReadiness implements HealthCheck {

    private final RelayStatus status;

    public PublishingReadiness(RelayStatus status) {
        this.status = status;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("publishing")
                .up()
                .withData("relay", status.state().name())
                .withData("outboxDepth", status.depth())
                .withData("outboxAgeSeconds", status.age().toSeconds())
                .build();
    }
}
