package dev.halo.registry.link;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.registry.access.Callers;
import dev.halo.registry.access.Roles;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Links, for operators. */
@Path("/admin/v1/links")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Links")
public class LinksResource {

    /** @param pmsIds the Zedmed Database IDs that the Link is entitled to; empty where {@code any} is true */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record LinkView(
            UUID linkId,
            LinkStatus status,
            String statusReason,
            boolean any,
            List<String> pmsIds,
            String hostName,
            String linkVersion,
            Instant enrolledAt,
            Instant tokenIssuedAt,
            Instant announcedAt) {}

    /** @param links the newest first */
    public record LinkList(List<LinkView> links) {}

    /** Why, for the audit. */
    public record ReasonRequest(
            @NotNull(message = "is required")
            @Pattern(regexp = "\\P{Cntrl}{1,500}", message = "must be 1 to 500 characters")
            String reason) {}

    /** What to entitle a Link to, and why. */
    public record EntitleRequest(
            @NotNull(message = "is required") @Size(min = 1, max = 500, message = "must be 1 to 500 entries")
            List<
                            @NotNull
                            @Pattern(
                                    regexp = "[\\x21-\\x7E]{1,64}",
                                    message = "must be 1 to 64 visible characters without spaces")
                            String>
                    pmsIds,

            @NotNull(message = "is required")
            @Pattern(regexp = "\\P{Cntrl}{1,500}", message = "must be 1 to 500 characters")
            String reason) {}

    private final LinkAdministration administration;
    private final Callers callers;

    public LinksResource(LinkAdministration administration, Callers callers) {
        this.administration = administration;
        this.callers = callers;
    }

    @GET
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "The Links, the newest first")
    public Uni<LinkList> list(
            @RestQuery @DefaultValue("0") @Min(0) int offset,
            @RestQuery @DefaultValue("100") @Min(1) @Max(1000) int limit) {
        return administration.list(offset, limit).map(LinkList::new);
    }

    @GET
    @Path("/{linkId}")
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "One Link")
    public Uni<LinkView> get(@RestPath UUID linkId) {
        return administration.get(linkId);
    }

    @POST
    @Path("/{linkId}/suspend")
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Trust a Link no longer: its session is closed, its tokens are not renewed")
    public Uni<LinkView> suspend(
            @RestPath UUID linkId, @Valid @NotNull(message = "The body is missing.") ReasonRequest request) {
        return administration.changeStatus(callers.operator(), linkId, LinkStatus.SUSPENDED, request.reason());
    }

    @POST
    @Path("/{linkId}/reactivate")
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Trust a suspended Link again")
    public Uni<LinkView> reactivate(
            @RestPath UUID linkId, @Valid @NotNull(message = "The body is missing.") ReasonRequest request) {
        return administration.changeStatus(callers.operator(), linkId, LinkStatus.ACTIVE, request.reason());
    }

    @POST
    @Path("/{linkId}/entitlements")
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Approve PMS IDs; the Link's next announcement makes use of them")
    public Uni<LinkView> entitle(
            @RestPath UUID linkId, @Valid @NotNull(message = "The body is missing.") EntitleRequest request) {
        return administration.entitle(callers.operator(), linkId, request.pmsIds(), request.reason());
    }
}
