package dev.halo.gateway.health;

import dev.halo.gateway.kafka.Messaging;
import dev.halo.gateway.store.Partitions;
import dev.halo.gateway.store.Schema;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready when the views are loaded, replies can be received and the slot is held. PostgreSQL is only reported: without it
 * immediates with small results are answered all the same.
 */
@Readiness
@ApplicationScoped
public class Ready implements HealthCheck {

    private final Messaging messaging;
    private final Schema schema;
    private final Partitions partitions;

    public Ready(Messaging messaging, Schema schema, Partitions partitions) {
        this.messaging = messaging;
        this.schema = schema;
        this.partitions = partitions;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("gateway")
                .status(messaging.isReady())
                .withData("viewsLoaded", messaging.areViewsLoaded())
                .withData("slotHeld", messaging.isSlotHeld())
                .withData("storeSchema", schema.isReady())
                .withData("storePartitions", partitions.isReady())
                .build();
    }
}
