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

/** The end of a site. */
@Path("/admin/v1/sites/{siteId}/retirement")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Sites")
public class SiteRetirementResource {

    private final Retirements retirements;
    private final Callers callers;

    public SiteRetirementResource(Retirements retirements, Callers callers) {
        this.retirements = retirements;
        this.callers = callers;
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Remove a site, or mark it as uninstalled, for ever; its Halo GUID is never served again")
    public Uni<Consequences> retire(
            @RestPath UUID siteId,
            @Valid @NotNull(message = "The body is missing.") RetireRequest request,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return retirements
                .retireSite(callers.operator(), siteId, request.how(), request.reason(), Precondition.of(ifMatch))
                .map(Consequences::new);
    }
}
