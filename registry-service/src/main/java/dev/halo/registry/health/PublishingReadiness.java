package dev.halo.registry.health;

import dev.halo.registry.outbox.RelayState;
import dev.halo.registry.outbox.RelayStatus;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Tells what the relay is doing. Not ready before the relay has compared the database with the topics, or found Kafka
 * away or another process publishing, and while it finds that this is not the database the topics were written from.
 * Else traffic goes on: without Kafka Links still renew their tokens and operators still read, and a change is stored
 * and answered 503. Readiness without PostgreSQL is decided by the data source's own check.
 */
@Readiness
public class PublishingReadiness implements HealthCheck {

    private final RelayStatus status;

    public PublishingReadiness(RelayStatus status) {
        this.status = status;
    }

    @Override
    public HealthCheckResponse call() {
        RelayState state = status.state();
        return HealthCheckResponse.named("publishing")
                .status(state != RelayState.STARTING && state != RelayState.FOREIGN_DATABASE)
                .withData("relay", state.name())
                .withData("outboxDepth", status.depth())
                .withData("outboxAgeSeconds", status.age().toSeconds())
                .build();
    }
}
