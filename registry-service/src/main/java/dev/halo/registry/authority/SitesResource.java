package dev.halo.registry.authority;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.registry.access.Roles;
import dev.halo.registry.authority.SiteViews.SiteView;
import dev.halo.registry.authority.SiteViews.Wanted;
import dev.halo.registry.paging.Page;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Sites and which of them are authoritative, for operators. */
@Path("/admin/v1/sites")
@RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Sites")
public class SitesResource {

    /**
     * @param sites the newest first
     * @param nextOffset where the next ones begin; null at the end
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SiteList(List<SiteView> sites, Integer nextOffset) {}

    private final SiteViews views;

    public SitesResource(SiteViews views) {
        this.views = views;
    }

    @GET
    @Operation(summary = "The sites, the newest first; search takes a PMS ID, a GUID or a part of a practice's name")
    public Uni<SiteList> list(
            @RestQuery @Size(max = 64) String pmsId,
            @RestQuery UUID linkId,
            @RestQuery @Size(min = 1, max = 255) String practiceName,
            @RestQuery
                    @Pattern(
                            regexp = "initialising|active|removed|uninstalled",
                            message = "must be one of initialising, active, removed, uninstalled")
                    String status,
            @RestQuery Boolean authoritative,
            @RestQuery @Size(min = 1, max = 255) String search,
            @RestQuery @DefaultValue("0") @Min(0) @Max(Page.MAX_OFFSET) int offset,
            @RestQuery @DefaultValue("100") @Min(1) @Max(Page.MAX_LIMIT) int limit) {
        SiteStatus wanted = status == null ? null : SiteStatus.fromWire(status);
        return views.list(new Wanted(pmsId, linkId, practiceName, wanted, authoritative, search), offset, limit)
                .map(page -> new SiteList(page.items(), page.nextOffset()));
    }

    @GET
    @Path("/{siteId}")
    @Operation(summary = "One site")
    public Uni<SiteView> get(@RestPath UUID siteId) {
        return views.get(siteId);
    }
}
