package dev.halo.gateway.fhir;

import dev.halo.gateway.access.Ids;
import dev.halo.gateway.access.SiteChecks;
import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.view.Views;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;

/** The FHIR paths of the API, which exist and say that Zedmed has no FHIR. */
@Path("/integrator/sites/{siteId}/fhir/R4")
@Produces({FhirResource.FHIR_JSON, MediaType.APPLICATION_JSON})
@Tag(name = "FHIR")
public class FhirResource {

    static final String FHIR_JSON = "application/fhir+json";

    /** FHIR's way to say what went wrong. */
    public record OperationOutcome(String resourceType, List<Issue> issue) {
        /** One thing that went wrong. */
        public record Issue(String severity, String code, String diagnostics) {}
    }

    private static final OperationOutcome NOT_SUPPORTED = new OperationOutcome(
            "OperationOutcome",
            List.of(new OperationOutcome.Issue(
                    "error", "not-supported", "This site's practice management system offers no FHIR resources.")));

    private final Views views;
    private final SiteChecks checks;

    public FhirResource(Views views, SiteChecks checks) {
        this.views = views;
        this.checks = checks;
    }

    /** Reads and searches. */
    @GET
    @Path("{fhirParameters:.+}")
    @Operation(operationId = "getFhirQuery", summary = "Not offered by Zedmed: 404 with an OperationOutcome")
    public Uni<RestResponse<OperationOutcome>> get(
            @Context ContainerRequestContext request, @RestPath String siteId, @RestPath String fhirParameters) {
        return notSupported(request, siteId);
    }

    /** Searches with a form. */
    @POST
    @Path("{resource}/_search")
    @Operation(operationId = "postFhirSearch", summary = "Not offered by Zedmed: 404 with an OperationOutcome")
    public Uni<RestResponse<OperationOutcome>> search(
            @Context ContainerRequestContext request, @RestPath String siteId, @RestPath String resource) {
        return notSupported(request, siteId);
    }

    private Uni<RestResponse<OperationOutcome>> notSupported(ContainerRequestContext request, String siteId) {
        Caller.of(request);
        UUID site = Ids.siteId(siteId);
        return Uni.createFrom()
                .completionStage(() -> views.checked(() -> checks.exists(site)))
                .map(found -> RestResponse.ResponseBuilder.create(RestResponse.Status.NOT_FOUND, NOT_SUPPORTED)
                        .type(FHIR_JSON)
                        .build());
    }
}
