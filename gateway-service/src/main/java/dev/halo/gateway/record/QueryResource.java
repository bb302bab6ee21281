package dev.halo.gateway.record;

import dev.halo.gateway.access.Ids;
import dev.halo.gateway.access.SiteChecks;
import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.query.QueryJson;
import dev.halo.gateway.view.Views;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;

/** Looks a query up by its id. */
@Path("/integrator/sites/{siteId}/queries")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Queries")
public class QueryResource {

    /** Literal segments win over ids; this one is there for POST only. */
    private static final String IMMEDIATE = "immediate";

    private final Views views;
    private final SiteChecks checks;
    private final QueryRecords records;

    public QueryResource(Views views, SiteChecks checks, QueryRecords records) {
        this.views = views;
        this.checks = checks;
        this.records = records;
    }

    /** One's own query; of an immediate the rows are not kept. The literal segments of the API are no ids. */
    @GET
    @Path("{queryId:(?!async$|registered$|status$)[^/]+}")
    @Operation(
            operationId = "getQuery",
            summary = "Show a query and where it is",
            description = "Another integrator's query is not found.")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = QueryJson.class)))
    public Uni<RestResponse<String>> query(
            @Context ContainerRequestContext request, @RestPath String siteId, @RestPath String queryId) {
        Caller caller = Caller.of(request);
        if (queryId.equals(IMMEDIATE)) {
            throw new NotAllowedException(HttpMethod.POST);
        }
        UUID site = Ids.siteId(siteId);
        UUID query = Ids.queryId(queryId);
        return Uni.createFrom()
                .completionStage(() -> views.checked(() -> checks.exists(site)))
                .chain(found -> Uni.createFrom().completionStage(() -> records.find(query)))
                .map(record -> record.filter(one -> one.integratorId().equals(caller.integratorId())
                                && one.siteId().equals(site))
                        .orElseThrow(
                                () -> Refusal.notFound("There is no query with the id " + query + " at this site.")))
                .chain(record -> Uni.createFrom()
                        .completionStage(() -> views.checked(() -> checks.mayRead(caller, site)))
                        .map(allowed -> RestResponse.ResponseBuilder.ok(
                                        record.document(), MediaType.APPLICATION_JSON_TYPE)
                                .build()));
    }
}
