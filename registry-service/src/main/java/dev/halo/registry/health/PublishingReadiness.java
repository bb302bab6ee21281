package dev.halo.registry.health;

import dev.halo.registry.outbox.RelayStatus;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Tells what the relay is doing. Not ready before it is known that this is the database that the topics were written from: the
 * relay has compared them, or stands by for another process. So a start without Kafka is not ready until Kafka is there;
 * queries do not run without it either, and Links' tokens live for a day. Afterwards traffic goes on whatever becomes of Kafka:
 * Links still renew their tokens and operators still read, and a change is stored and answered 503. Readiness without PostgreSQL
 * is decided by the data source's own check.
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
                .status(status.isCompared())
                .withData("relay", status.state().name())
                .withData("compared", status.isCompared())
                .withData("outboxDepth", status.depth())
                .withData("outboxAgeSeconds", status.age().toSeconds())
                .build();
    }
}
