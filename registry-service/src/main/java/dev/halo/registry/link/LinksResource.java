package dev.halo.registry.link;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.registry.access.Callers;
import dev.halo.registry.access.ReasonRequest;
import dev.halo.registry.access.Roles;
import dev.halo.registry.paging.Page;
import dev.halo.registry.tag.Precondition;
import dev.halo.registry.tag.Versioned;
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
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
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
            Instant announcedAt,
            long version)
            implements Versioned {}

    /**
     * @param links the newest first
     * @param nextOffset where the next ones begin; null at the end
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record LinkList(List<LinkView> links, Integer nextOffset) {}

    private final LinkAdministration administration;
    private final Callers callers;

    public LinksResource(LinkAdministration administration, Callers callers) {
        this.administration = administration;
        this.callers = callers;
    }

    @GET
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "The Links, the newest first; search takes a GUID, a PMS ID or a part of the host's name")
    public Uni<LinkList> list(
            @RestQuery
                    @Pattern(regexp = "active|suspended|removed", message = "must be one of active, suspended, removed")
                    String status,
            @RestQuery @Size(min = 1, max = 255) String search,
            @RestQuery @DefaultValue("0") @Min(0) @Max(Page.MAX_OFFSET) int offset,
            @RestQuery @DefaultValue("100") @Min(1) @Max(Page.MAX_LIMIT) int limit) {
        return administration
                .list(status == null ? null : LinkStatus.fromWire(status), search, offset, limit)
                .map(page -> new LinkList(page.items(), page.nextOffset()));
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
            @RestPath UUID linkId,
            @Valid @NotNull(message = "The body is missing.") ReasonRequest request,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return administration.changeStatus(
                callers.operator(), linkId, LinkStatus.SUSPENDED, request.reason(), Precondition.of(ifMatch));
    }

    @POST
    @Path("/{linkId}/reactivate")
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Trust a suspended Link again")
    public Uni<LinkView> reactivate(
            @RestPath UUID linkId,
            @Valid @NotNull(message = "The body is missing.") ReasonRequest request,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return administration.changeStatus(
                callers.operator(), linkId, LinkStatus.ACTIVE, request.reason(), Precondition.of(ifMatch));
    }
}
