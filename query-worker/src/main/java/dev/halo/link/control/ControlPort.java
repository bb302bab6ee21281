package dev.halo.link.control;

import dev.halo.link.start.LinkService;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.vertx.http.HttpServer;
import io.quarkus.vertx.http.HttpServerStart;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;

/** Writes down where this Link listens and what it wants to be shown, as soon as it does. */
@Singleton
class ControlPort {

    private static final int BEFORE_THE_LINK = 10;

    private final ControlToken token;
    private final HttpServer server;

    ControlPort(LinkService service, HttpServer server) {
        this.token = ControlToken.create(service.link().dataDirectory().path());
        this.server = server;
    }

    /** What a command must show to be obeyed. */
    ControlToken token() {
        return token;
    }

    void onListening(@ObservesAsync HttpServerStart event) {
        token.publish(server.getPort());
    }

    /** Before the Link gives its data directory up, where the next one may already write. */
    void onStop(@Observes @Priority(BEFORE_THE_LINK) ShutdownEvent event) {
        token.delete();
    }
}
