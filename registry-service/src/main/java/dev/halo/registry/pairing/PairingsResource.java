package dev.halo.registry.pairing;

import dev.halo.registry.access.Callers;
import dev.halo.registry.access.Roles;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Pairing, for the gateways. */
@Path("/internal/v1/pairings")
@RolesAllowed(Roles.SERVICE)
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Internal")
public class PairingsResource {

    /** Who wants to pair with what. */
    public record PairRequest(
            @NotNull(message = "is required") UUID integratorId,
            @NotNull(message = "is required") UUID siteId) {}

    /** @param created false when they were paired already */
    public record PairResponse(boolean created) {}

    private final Pairings pairings;
    private final Callers callers;

    public PairingsResource(Pairings pairings, Callers callers) {
        this.pairings = pairings;
        this.callers = callers;
    }

    @POST
    @Operation(summary = "Pair an integrator with a site")
    public Uni<PairResponse> pair(@Valid @NotNull(message = "The body is missing.") PairRequest request) {
        return pairings.pair(callers.service(), request.integratorId(), request.siteId())
                .map(PairResponse::new);
    }
}
