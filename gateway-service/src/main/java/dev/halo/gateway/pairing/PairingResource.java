package dev.halo.gateway.pairing;

import dev.halo.gateway.access.SiteChecks;
import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.site.PmsQuery;
import dev.halo.gateway.site.SiteJson;
import dev.halo.gateway.site.SiteRenderer;
import dev.halo.gateway.view.PmsKey;
import dev.halo.gateway.view.Views;
import dev.halo.protocol.site.SiteRecord;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** Pairs an integrator with the practice that has enabled it. */
@Path("/integrator")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Pairing")
public class PairingResource {

    private final Views views;
    private final SiteChecks checks;
    private final SiteRenderer renderer;
    private final PmsQuery pmsQuery;
    private final Pairings pairings;

    public PairingResource(
            Views views, SiteChecks checks, SiteRenderer renderer, PmsQuery pmsQuery, Pairings pairings) {
        this.views = views;
        this.checks = checks;
        this.renderer = renderer;
        this.pmsQuery = pmsQuery;
        this.pairings = pairings;
    }

    /** Pairs with the authoritative site of a practice; again is a no-op. */
    @POST
    @Path("pair-site")
    @Operation(
            operationId = "Integrator_PairSite",
            summary = "Pair with a practice",
            description = "The practice must have enabled the integrator. Zedmed needs no pairing code.")
    public Uni<SiteJson> pairSite(
            @Context ContainerRequestContext request,
            @Parameter(required = true, description = "For Zedmed the Database ID.") @RestQuery
                    String practiceManagementSiteId,
            @Parameter(required = true, schema = @Schema(enumeration = {"Best Practice", "Zedmed", "D4w"})) @RestQuery
                    String practiceManagementName,
            @Parameter(description = "Not needed for Zedmed.") @RestQuery String pairingCode) {
        Caller caller = Caller.of(request);
        PmsKey pms = pmsQuery.parse(practiceManagementSiteId, practiceManagementName);
        return Uni.createFrom()
                .completionStage(() -> views.checked(() -> enabledSite(caller, pms)))
                .chain(site -> pair(caller, site).replaceWith(site))
                .map(renderer::render);
    }

    /** The same under its old name. */
    @POST
    @Path("pairSite")
    @Deprecated
    @Operation(
            operationId = "pairSite",
            deprecated = true,
            summary = "Pair with a practice (old name)",
            description = "Use /integrator/pair-site.")
    public Uni<SiteJson> pairSiteAlias(
            @Context ContainerRequestContext request,
            @Parameter(required = true, description = "For Zedmed the Database ID.") @RestQuery
                    String practiceManagementSiteId,
            @Parameter(required = true, schema = @Schema(enumeration = {"Best Practice", "Zedmed", "D4w"})) @RestQuery
                    String practiceManagementName,
            @Parameter(description = "Not needed for Zedmed.") @RestQuery String pairingCode) {
        return pairSite(request, practiceManagementSiteId, practiceManagementName, pairingCode);
    }

    private SiteRecord enabledSite(Caller caller, PmsKey pms) {
        SiteRecord site = views.authority()
                .siteOf(pms)
                .flatMap(views.sites()::visible)
                .orElseThrow(() -> Refusal.notFound("No practice is known by this practiceManagementSiteId."));
        checks.enabled(caller, site);
        return site;
    }

    private Uni<Void> pair(Caller caller, SiteRecord site) {
        return views.integrators().isPaired(caller.integratorId(), site.siteId())
                ? Uni.createFrom().voidItem()
                : pairings.pair(caller.integratorId(), site.siteId());
    }
}
