package dev.halo.registry.pairing;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halo.registry.access.Callers;
import dev.halo.registry.access.ReasonRequest;
import dev.halo.registry.access.Roles;
import dev.halo.registry.paging.Page;
import dev.halo.registry.pairing.PairingViews.PairingView;
import dev.halo.registry.tag.Precondition;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Pairings, for operators. */
@Path("/admin/v1/pairings")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Pairings")
public class PairingAdminResource {

    /**
     * @param pairings the newest first
     * @param nextOffset where the next ones begin; null at the end
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PairingList(List<PairingView> pairings, Integer nextOffset) {}

    private final Pairings pairings;
    private final PairingViews views;
    private final Callers callers;

    public PairingAdminResource(Pairings pairings, PairingViews views, Callers callers) {
        this.pairings = pairings;
        this.views = views;
        this.callers = callers;
    }

    @GET
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "The pairings, the newest first; those that were removed have active false")
    public Uni<PairingList> list(
            @RestQuery UUID integratorId,
            @RestQuery UUID siteId,
            @RestQuery @Size(max = 64) String pmsId,
            @RestQuery Boolean active,
            @RestQuery @DefaultValue("0") @Min(0) @Max(Page.MAX_OFFSET) int offset,
            @RestQuery @DefaultValue("100") @Min(1) @Max(Page.MAX_LIMIT) int limit) {
        return views.list(integratorId, siteId, pmsId, active, offset, limit)
                .map(page -> new PairingList(page.items(), page.nextOffset()));
    }

    @GET
    @Path("/{integratorId}/{siteId}")
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "One pairing")
    public Uni<PairingView> get(@RestPath UUID integratorId, @RestPath UUID siteId) {
        return views.get(integratorId, siteId);
    }

    @DELETE
    @Path("/{integratorId}/{siteId}")
    @RolesAllowed(Roles.OPERATOR)
    @ResponseStatus(204)
    @Operation(summary = "Remove a pairing; the integrator may pair again")
    public Uni<Void> remove(
            @RestPath UUID integratorId,
            @RestPath UUID siteId,
            @RestQuery @Pattern(regexp = ReasonRequest.PATTERN, message = ReasonRequest.MESSAGE) String reason,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return pairings.remove(callers.operator(), integratorId, siteId, reason, Precondition.of(ifMatch));
    }
}
