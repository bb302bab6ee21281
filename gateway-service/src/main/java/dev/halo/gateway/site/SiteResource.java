package dev.halo.gateway.site;

import dev.halo.gateway.access.Ids;
import dev.halo.gateway.access.SiteChecks;
import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.view.PmsKey;
import dev.halo.gateway.view.Views;
import dev.halo.protocol.site.SiteRecord;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Exchanges a PMS ID for Halo GUIDs, and shows a site. */
@Path("/integrator/sites")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Sites")
public class SiteResource {

    private final Views views;
    private final SiteChecks checks;
    private final SiteRenderer renderer;
    private final PmsQuery pmsQuery;

    public SiteResource(Views views, SiteChecks checks, SiteRenderer renderer, PmsQuery pmsQuery) {
        this.views = views;
        this.checks = checks;
        this.renderer = renderer;
        this.pmsQuery = pmsQuery;
    }

    /** The sites of a PMS ID; none where nothing matches. */
    @GET
    @Operation(
            operationId = "getSites",
            summary = "Exchange a practice's own id for its Halo GUIDs",
            description = "The authoritative site comes first, then the others, the newest first. Nothing found is an"
                    + " empty list. Neither pairing nor enabling is needed.")
    public Uni<SiteJson.Sites> sites(
            @Context ContainerRequestContext request,
            @Parameter(required = true, description = "For Zedmed the Database ID.") @RestQuery
                    String practiceManagementSiteId,
            @Parameter(required = true, schema = @Schema(enumeration = {"Best Practice", "Zedmed", "D4w"})) @RestQuery
                    String practiceManagementName) {
        Caller.of(request);
        PmsKey pms = pmsQuery.parse(practiceManagementSiteId, practiceManagementName);
        return Uni.createFrom().completionStage(() -> found(pms)).map(renderer::render);
    }

    /** One site. */
    @GET
    @Path("{siteId}")
    @Operation(operationId = "getSite", summary = "Show a site")
    public Uni<SiteJson> site(@Context ContainerRequestContext request, @RestPath String siteId) {
        Caller.of(request);
        UUID id = Ids.siteId(siteId);
        return Uni.createFrom()
                .completionStage(() -> views.checked(() -> checks.exists(id)))
                .map(renderer::render);
    }

    /** Nothing found is worth a second look too: the record may still be on its way. */
    private CompletionStage<List<SiteRecord>> found(PmsKey pms) {
        List<SiteRecord> found = views.sites().visible(pms);
        return found.isEmpty()
                ? views.catchUp().thenApply(caughtUp -> views.sites().visible(pms))
                : CompletableFuture.completedFuture(found);
    }
}
