package dev.halo.link.control;

import dev.halo.link.start.LinkService;
import io.quarkus.vertx.http.HttpServer;
import io.quarkus.vertx.http.HttpServerStart;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;

/** Writes down where this Link listens, as soon as it does. */
@Singleton
class ControlPort {

    private final LinkService service;
    private final HttpServer server;

    ControlPort(LinkService service, HttpServer server) {
        this.service = service;
        this.server = server;
    }

    void onListening(@ObservesAsync HttpServerStart event) {
        service.controlToken().publish(server.getPort());
    }
}
