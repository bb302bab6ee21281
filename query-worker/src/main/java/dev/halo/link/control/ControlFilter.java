package dev.halo.link.control;

import dev.halo.link.control.ControlMessages.Problem;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Lets only commands through that come from this machine and know the token of this start. */
class ControlFilter {

    private static final String BEARER = "Bearer ";

    private final ControlToken token;

    ControlFilter(ControlPort port) {
        this.token = port.token();
    }

    @ServerRequestFilter
    Response check(HttpHeaders headers, RoutingContext context) {
        String authorization = headers.getHeaderString(HttpHeaders.AUTHORIZATION);
        boolean known = authorization != null
                && authorization.startsWith(BEARER)
                && token.matches(authorization.substring(BEARER.length()));
        if (known && isLocal(context)) {
            return null;
        }
        return Response.status(Response.Status.UNAUTHORIZED)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new Problem("not one of this Link's own commands"))
                .build();
    }

    private static boolean isLocal(RoutingContext context) {
        if (context.request().remoteAddress() == null) {
            return false;
        }
        String host = context.request().remoteAddress().hostAddress();
        InetAddress address = host == null ? null : new InetSocketAddress(host, 0).getAddress();
        return address != null && address.isLoopbackAddress();
    }
}
