package dev.halo.registry.link;

import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.link.LinkMessages.TokenRequest;
import dev.halo.protocol.link.LinkMessages.TokenResponse;
import dev.halo.registry.error.Fields;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;

/** Tokens of Links. */
@Path(LinkApi.TOKEN)
@PermitAll
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Links")
public class TokenResource {

    private static final int MAX_SECRET_CHARS = 200;

    private final TokenRenewal renewal;

    public TokenResource(TokenRenewal renewal) {
        this.renewal = renewal;
    }

    @POST
    @Operation(summary = "Trade the current secret for a token and the next secret")
    public Uni<TokenResponse> renew(TokenRequest request, @RestHeader(HttpHeaders.AUTHORIZATION) String authorization) {
        Fields.body(request);
        Fields.required("linkId", request.linkId());
        Fields.text("secret", request.secret(), MAX_SECRET_CHARS);
        Fields.required("environment", request.environment());
        return renewal.renew(request, LinkTokenKeys.bearer(authorization));
    }
}
