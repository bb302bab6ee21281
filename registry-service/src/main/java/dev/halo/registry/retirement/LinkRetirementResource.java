package dev.halo.registry.retirement;

import dev.halo.registry.access.Callers;
import dev.halo.registry.access.Roles;
import dev.halo.registry.retirement.LeftWithout.Consequences;
import dev.halo.registry.tag.Precondition;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;

/** The end of a Link. */
@Path("/admin/v1/links/{linkId}/retirement")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Links")
public class LinkRetirementResource {

    private final Retirements retirements;
    private final Callers callers;

    public LinkRetirementResource(Retirements retirements, Callers callers) {
        this.retirements = retirements;
        this.callers = callers;
    }

    @GET
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "Which PMS IDs the end of a Link would leave with no authoritative one")
    public Uni<Consequences> preview(@RestPath UUID linkId) {
        return retirements.previewLink(linkId).map(Consequences::new);
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Remove a Link and its sites, or mark them as uninstalled, for ever; its session is closed")
    public Uni<Consequences> retire(
            @RestPath UUID linkId,
            @Valid @NotNull(message = "The body is missing.") RetireRequest request,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return retirements
                .retireLink(callers.operator(), linkId, request.how(), request.reason(), Precondition.of(ifMatch))
                .map(Consequences::new);
    }
}
