package dev.halo.link.start;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** The Link in the life of its process. */
@Singleton
public class LinkService {

    private final Link link;

    LinkService(LinkConfigs configs, Databases databases, MeterRegistry meters, OpenTelemetry telemetry, Vertx vertx) {
        this.link = new Link(configs, databases, meters, telemetry, vertx);
    }

    /** The Link that this process is. */
    public Link link() {
        return link;
    }

    void onStart(@Observes StartupEvent event) {
        link.start();
    }

    void onStop(@Observes ShutdownEvent event) {
        link.close();
    }
}
