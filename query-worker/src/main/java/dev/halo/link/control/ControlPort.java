package dev.halo.link.control;

import dev.halo.link.start.LinkService;
import io.quarkus.vertx.http.HttpServerStart;
import jakarta.enterprise.event.ObservesAsync;

/** Writes down where this Link listens, as soon as it does. */
class ControlPort {

    private final LinkService service;

    ControlPort(LinkService service) {
        this.service = service;
    }

    void onListening(@ObservesAsync HttpServerStart event) {
        service.controlToken().publish(event.options().getPort());
    }
}
