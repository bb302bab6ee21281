package dev.halo.gateway.pairing;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Tells users of the alias, whatever its answer, that it has a new name. */
public final class DeprecationNotice {

    private static final String ALIAS = "/integrator/pairSite";

    /** 2026-01-01, as RFC 9745 writes it. */
    private static final String DEPRECATED_SINCE = "@1767225600";

    /** Adds the headers to answers of the alias. */
    @ServerResponseFilter
    public void mark(ContainerRequestContext request, ContainerResponseContext response) {
        if (request.getUriInfo().getPath().equals(ALIAS)) {
            response.getHeaders().putSingle("Deprecation", DEPRECATED_SINCE);
            response.getHeaders().putSingle("Link", "</integrator/pair-site>; rel=\"successor-version\"");
        }
    }
}
