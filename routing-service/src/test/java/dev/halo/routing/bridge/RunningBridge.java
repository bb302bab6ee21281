package dev.halo.routing.bridge;

import dev.halo.messaging.SlotBeacon.LossCause;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.routing.TestConfig;
import dev.halo.routing.config.RoutingConfig;
import dev.halo.routing.endpoint.SessionEndpoint;
import dev.halo.routing.metric.BridgeMetrics;
import dev.halo.routing.service.SocketServerOptions;
import dev.halo.routing.session.SessionClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A bridge behind an HTTP server of its own, without the framework. */
final class RunningBridge implements AutoCloseable {

    private final Bridge bridge;
    private final HttpServer server;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicReference<LossCause> lost = new AtomicReference<>();

    private RunningBridge(Vertx vertx, TestDeployment deployment, RoutingConfig config) throws Exception {
        SessionClock clock = SessionClock.system();
        bridge = new Bridge(config, deployment.settings(), new BridgeMetrics(meters), clock, lost::set);
        SessionEndpoint endpoint = new SessionEndpoint(bridge::sessions, deployment.verifier(), config, clock);
        HttpServerOptions options = new HttpServerOptions().setHost("127.0.0.1").setPort(0);
        SocketServerOptions.apply(options, (int) config.session().maxMessage().asLongValue());
        server = vertx.createHttpServer(options)
                .requestHandler(request -> {
                    if (request.path().equals(LinkApi.SESSION)) {
                        endpoint.handle(request);
                    } else {
                        request.response().setStatusCode(404).end();
                    }
                })
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        bridge.start().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    /** @param pairs further configuration, name below {@code halo.routing} and value in turn */
    static RunningBridge start(Vertx vertx, TestDeployment deployment, int slot, String... pairs) throws Exception {
        List<String> all = new ArrayList<>(List.of(
                "slot",
                Integer.toString(slot),
                "session.sweep",
                "100ms",
                "drain.spread",
                "500ms",
                "drain.grace",
                "300ms",
                "drain.unfinished",
                "3s"));
        all.addAll(List.of(pairs));
        return new RunningBridge(vertx, deployment, TestConfig.routing(all.toArray(String[]::new)));
    }

    Bridge bridge() {
        return bridge;
    }

    int port() {
        return server.actualPort();
    }

    LossCause lost() {
        return lost.get();
    }

    double count(String name, String... tags) {
        return meters.get(name).tags(tags).counter().count();
    }

    boolean hasReleased(ReleaseCause cause) {
        return count("halo.bridge.queries.released", "cause", cause.name()) > 0;
    }

    /** The id of a Link's one session here. */
    UUID sessionOf(UUID linkId) {
        return bridge.sessions().orElseThrow().ofLink(linkId).iterator().next().id();
    }

    @Override
    public void close() {
        bridge.close();
        server.close();
    }
}
