package dev.halo.registry.approval;

import dev.halo.registry.access.Callers;
import dev.halo.registry.access.Roles;
import dev.halo.registry.approval.EntitlementsResource.EntitleRequest;
import dev.halo.registry.retirement.LeftWithout.Consequences;
import dev.halo.registry.site.PmsKey;
import dev.halo.registry.tag.Precondition;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** The end of what a Link may serve. */
@Path("/admin/v1/links/{linkId}/entitlements/withdrawal")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Links")
public class WithdrawalResource {

    private final Withdrawals withdrawals;
    private final Callers callers;

    public WithdrawalResource(Withdrawals withdrawals, Callers callers) {
        this.withdrawals = withdrawals;
        this.callers = callers;
    }

    @GET
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "Which PMS IDs a withdrawal would leave with no authoritative Link")
    public Uni<Consequences> preview(
            @RestPath UUID linkId,
            @RestQuery @Size(min = 1, max = 500, message = "must be given 1 to 500 times")
                    List<@Pattern(regexp = PmsKey.PATTERN, message = PmsKey.MESSAGE) String> pmsId) {
        return withdrawals.preview(linkId, Set.copyOf(pmsId)).map(Consequences::new);
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Withdraw PMS IDs from a Link; its sites of them are served no longer, at once")
    public Uni<Consequences> withdraw(
            @RestPath UUID linkId,
            @Valid @NotNull(message = "The body is missing.") EntitleRequest request,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return withdrawals
                .withdraw(
                        callers.operator(),
                        linkId,
                        Set.copyOf(request.pmsIds()),
                        request.reason(),
                        Precondition.of(ifMatch))
                .map(Consequences::new);
    }
}
