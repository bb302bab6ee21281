package dev.halo.gateway.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halo.gateway.access.Ids;
import dev.halo.gateway.access.SiteChecks;
import dev.halo.gateway.async.AsyncQueries;
import dev.halo.gateway.async.AsyncQueryJson;
import dev.halo.gateway.async.AsyncRenderer;
import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.body.RequestBodies;
import dev.halo.gateway.view.Views;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Shows many async queries at once. */
@Path("/integrator/sites/{siteId}/queries")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Queries")
public class StatusResource {

    /** Five hundred ids have less than a quarter of it. */
    private static final int MAX_BODY = 128 * 1024;

    private final Views views;
    private final SiteChecks checks;
    private final AsyncQueries queries;

    public StatusResource(Views views, SiteChecks checks, AsyncQueries queries) {
        this.views = views;
        this.checks = checks;
        this.queries = queries;
    }

    /** The request, for the OpenAPI document. */
    @Schema(name = "QueryStatusBatch")
    public record Batch(
            @Schema(required = true, minItems = 1, maxItems = 500)
            List<UUID> queryIds) {}

    /** The answer. */
    @Schema(name = "QueryStatusBatchResults")
    public record Results(List<Result> results) {}

    /** One query, or that there is none. */
    @Schema(name = "QueryStatusBatchResult")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Result(
            UUID queryId,

            @Schema(enumeration = {"found", "notFound"}) String status,

            AsyncQueryJson query) {}

    /** Each id is answered, as often as it was asked and in that order. */
    @POST
    @Path("status")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "getQueryStatusBatch",
            summary = "Show up to 500 async queries",
            description = "What is not an async query of the caller at this site is notFound.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = Batch.class)))
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Results.class)))
    public Uni<Results> status(
            @Context ContainerRequestContext context, @Context HttpServerRequest request, @RestPath String siteId) {
        Caller caller = Caller.of(context);
        UUID site = Ids.siteId(siteId);
        return Uni.createFrom()
                .completionStage(RequestBodies.read(request, MAX_BODY))
                .map(StatusBatchReader::read)
                .chain(ids -> Uni.createFrom()
                        .completionStage(() -> views.checked(() -> checks.mayRead(caller, site)))
                        .chain(allowed -> Uni.createFrom()
                                .completionStage(() -> queries.findAll(caller.integratorId(), site, ids)))
                        .map(found -> results(ids, found)));
    }

    private Results results(List<UUID> ids, Map<UUID, AsyncQueries.Found> found) {
        return new Results(ids.stream().map(id -> result(id, found.get(id))).toList());
    }

    private Result result(UUID id, AsyncQueries.Found found) {
        return found == null
                ? new Result(id, "notFound", null)
                : new Result(
                        id, "found", AsyncRenderer.object(found.query(), found.pages(), queries.isGone(found.query())));
    }
}
