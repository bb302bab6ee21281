package dev.halo.registry.error;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.Provider;
import java.time.Duration;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;

/**
 * Slows those down who try credentials: after so many 401s an address gets 429 instead, until the window has passed. It looks at
 * the answer, so that it holds for people, services and Links alike, and whoever shows what is valid passes: a practice's Link
 * must not depend on what else comes from its address.
 */
@Provider
public class RefusalLimit implements ContainerResponseFilter {

    private final RefusedCallers callers;

    public RefusalLimit(RefusedCallers callers) {
        this.callers = callers;
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getStatus() != Status.UNAUTHORIZED.getStatusCode()) {
            return;
        }
        Optional<Duration> wait = callers.refused(address(request));
        if (wait.isEmpty()) {
            return;
        }
        response.setStatusInfo(Status.TOO_MANY_REQUESTS);
        response.setEntity(
                ErrorEnvelope.of(Status.TOO_MANY_REQUESTS, "Too many refused calls from this address."),
                null,
                MediaType.APPLICATION_JSON_TYPE);
        response.getHeaders().remove(HttpHeaders.WWW_AUTHENTICATE);
        response.getHeaders()
                .putSingle(
                        HttpHeaders.RETRY_AFTER,
                        Long.toString(wait.get().plusMillis(999).toSeconds()));
    }

    private static String address(ContainerRequestContext request) {
        ResteasyReactiveRequestContext server = (ResteasyReactiveRequestContext)
                ((ResteasyReactiveContainerRequestContext) request).getServerRequestContext();
        // Not the connection's: behind a trusted proxy this is the caller's.
        SocketAddress address = server.unwrap(HttpServerRequest.class).remoteAddress();
        return address == null ? null : address.hostAddress();
    }
}
