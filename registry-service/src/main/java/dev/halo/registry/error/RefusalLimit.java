package dev.halo.registry.error;

import dev.halo.registry.config.RegistryConfig;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.Response.Status;
import java.time.Duration;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Slows those down who try credentials: after so many 401s an address gets 429 until the window has passed. */
@ApplicationScoped
public class RefusalLimit {

    private final RefusalCounter counter;

    public RefusalLimit(RegistryConfig config) {
        RegistryConfig.Refusals refusals = config.refusals();
        this.counter =
                new RefusalCounter(refusals.perAddress(), refusals.window(), refusals.addresses(), System::nanoTime);
    }

    @ServerRequestFilter(priority = 1)
    public void refuse(ContainerRequestContext request, HttpServerRequest http) {
        Optional<Duration> wait = counter.wait(address(http));
        if (wait.isPresent()) {
            throw ApiException.tooManyRequests("Too many refused calls from this address.", wait.get());
        }
    }

    @ServerResponseFilter
    public void count(ContainerResponseContext response, HttpServerRequest http) {
        if (response.getStatus() == Status.UNAUTHORIZED.getStatusCode()) {
            counter.refused(address(http));
        }
    }

    private static String address(HttpServerRequest http) {
        SocketAddress address = http.remoteAddress();
        return address == null || address.hostAddress() == null ? "unknown" : address.hostAddress();
    }
}
