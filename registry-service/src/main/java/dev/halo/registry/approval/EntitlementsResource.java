package dev.halo.registry.approval;

import dev.halo.registry.access.Callers;
import dev.halo.registry.access.ReasonRequest;
import dev.halo.registry.access.Roles;
import dev.halo.registry.link.LinksResource.LinkView;
import dev.halo.registry.site.PmsKey;
import dev.halo.registry.tag.Precondition;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;

/** Approval of PMS IDs that a Link's enrolment did not name. */
@Path("/admin/v1/links/{linkId}/entitlements")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.OPERATOR)
@Tag(name = "Links")
public class EntitlementsResource {

    /** What to entitle a Link to, and why. */
    public record EntitleRequest(
            @NotNull(message = "is required") @Size(min = 1, max = 500, message = "must be 1 to 500 entries")
            List<@NotNull @Pattern(regexp = PmsKey.PATTERN, message = PmsKey.MESSAGE) String> pmsIds,

            @NotNull(message = "is required") @Pattern(regexp = ReasonRequest.PATTERN, message = ReasonRequest.MESSAGE)
            String reason) {}

    private final Approvals approvals;
    private final Callers callers;

    public EntitlementsResource(Approvals approvals, Callers callers) {
        this.approvals = approvals;
        this.callers = callers;
    }

    @POST
    @Operation(summary = "Approve PMS IDs; sites that waited for that become active at once")
    public Uni<LinkView> entitle(
            @RestPath UUID linkId,
            @Valid @NotNull(message = "The body is missing.") EntitleRequest request,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return approvals.entitle(
                callers.operator(), linkId, request.pmsIds(), request.reason(), Precondition.of(ifMatch));
    }
}
