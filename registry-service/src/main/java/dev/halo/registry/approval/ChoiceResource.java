package dev.halo.registry.approval;

import dev.halo.registry.access.Callers;
import dev.halo.registry.access.ReasonRequest;
import dev.halo.registry.access.Roles;
import dev.halo.registry.authority.SiteViews.SiteView;
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

/** The choice between databases of one Link with the same PMS ID. */
@Path("/admin/v1/sites/{siteId}/choice")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.OPERATOR)
@Tag(name = "Sites")
public class ChoiceResource {

    private final Approvals approvals;
    private final Callers callers;

    public ChoiceResource(Approvals approvals, Callers callers) {
        this.approvals = approvals;
        this.callers = callers;
    }

    @POST
    @Operation(summary = "Serve this one of the Link's databases with the same PMS ID; the other one waits")
    public Uni<SiteView> choose(
            @RestPath UUID siteId,
            @Valid @NotNull(message = "The body is missing.") ReasonRequest request,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return approvals.choose(callers.operator(), siteId, request.reason(), Precondition.of(ifMatch));
    }
}
