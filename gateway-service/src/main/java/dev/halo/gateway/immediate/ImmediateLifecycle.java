package dev.halo.gateway.immediate;

import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.kafka.Messaging;
import dev.halo.gateway.page.PageStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Starts and stops what runs immediate queries. */
@ApplicationScoped
class ImmediateLifecycle {

    private final Courier courier;
    private final ImmediateQueries queries;

    ImmediateLifecycle(Messaging messaging, PageStore pages, GatewayConfig config, MeterRegistry metrics) {
        this.courier = new Courier(
                messaging.requests(),
                messaging.producer(),
                messaging.settings(),
                config.immediate().maxPending());
        this.queries = new ImmediateQueries(
                messaging.sessions(), messaging.views(), courier, pages, config, new ImmediateMetrics(metrics));
        metrics.gauge("halo.gateway.immediate.admitted", queries.admission(), Admission::pending);
        metrics.gauge("halo.gateway.immediate.parked", queries.admission(), Admission::parked);
    }

    void start(@Observes StartupEvent event) {
        courier.warmUp();
        queries.start();
    }

    void stop(@Observes ShutdownEvent event) {
        queries.close();
    }

    @Produces
    @Singleton
    ImmediateQueries queries() {
        return queries;
    }
}
