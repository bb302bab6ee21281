package dev.halo.routing.service;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jboss.logging.Logger;

/**
 * Starts the drain before the process is told to stop, such as from a pod's preStop hook. Only callers on the machine
 * itself are heard, and forwarding headers do not count.
 */
@ApplicationScoped
public class DrainEndpoint {

    /** {@code POST} → 202 with the number of sockets that are left. */
    public static final String PATH = "/management/drain";

    private static final Logger LOG = Logger.getLogger(DrainEndpoint.class);

    private final BridgeService service;

    @Inject
    public DrainEndpoint(BridgeService service) {
        this.service = service;
    }

    void routes(@Observes Router router) {
        // Telling thousands of Links is not for an event loop.
        router.post(PATH).blockingHandler(this::drain);
    }

    private void drain(RoutingContext context) {
        if (!isLocal(context.request().connection().remoteAddress())) {
            LOG.warn("event=drainRefused reason=notLocal");
            context.response().setStatusCode(403).end();
            return;
        }
        service.drain();
        JsonObject answer = new JsonObject()
                .put("condition", service.bridge().condition())
                .put("sockets", service.bridge().sockets());
        context.response()
                .setStatusCode(202)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(answer.toBuffer());
    }

    private static boolean isLocal(SocketAddress remote) {
        if (remote == null || remote.hostAddress() == null) {
            return false;
        }
        try {
            return InetAddress.getByName(remote.hostAddress()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
