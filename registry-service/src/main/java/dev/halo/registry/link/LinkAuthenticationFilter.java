package dev.halo.registry.link;

import dev.halo.protocol.link.LinkTokens.InvalidToken;
import dev.halo.registry.error.ApiException;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;

/** Checks a Link's token. Whether the Link is still trusted is for the operation to look up. */
@Provider
@LinkAuthenticated
@Priority(Priorities.AUTHENTICATION)
public class LinkAuthenticationFilter implements ContainerRequestFilter {

    private final LinkTokenKeys keys;
    private final CallingLink callingLink;

    public LinkAuthenticationFilter(LinkTokenKeys keys, CallingLink callingLink) {
        this.keys = keys;
        this.callingLink = callingLink;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        String token = LinkTokenKeys.bearer(request.getHeaderString(HttpHeaders.AUTHORIZATION));
        if (token == null) {
            throw ApiException.unauthorized("A Link token is needed in the Authorization header.");
        }
        try {
            callingLink.is(keys.verify(token).linkId());
        } catch (InvalidToken e) {
            throw ApiException.unauthorized("The Link token is refused: " + e.getMessage() + ".");
        }
    }
}
