package dev.halo.routing.service;

import dev.halo.routing.config.RoutingConfig;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** What Links' sockets need of the HTTP server. */
@ApplicationScoped
public class SocketServerOptions implements HttpServerOptionsCustomizer {

    private static final int CLOSING_SECONDS = 5;

    private final RoutingConfig config;

    @Inject
    public SocketServerOptions(RoutingConfig config) {
        this.config = config;
    }

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        apply(options);
    }

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        apply(options);
    }

    private void apply(HttpServerOptions options) {
        apply(options, Math.toIntExact(config.session().maxMessage().asLongValue()));
    }

    /**
     * Messages up to the bound in one frame, no compression (its buffers cost more heap per socket than all the rest),
     * and an end for sockets whose peer does not answer the close.
     */
    public static void apply(HttpServerOptions options, int maxMessageBytes) {
        options.setMaxWebSocketFrameSize(maxMessageBytes)
                .setMaxWebSocketMessageSize(maxMessageBytes)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setWebSocketClosingTimeout(CLOSING_SECONDS)
                .setTcpKeepAlive(true);
    }
}
