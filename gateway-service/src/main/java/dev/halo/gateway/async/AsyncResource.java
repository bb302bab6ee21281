package dev.halo.gateway.async;

import dev.halo.gateway.access.Ids;
import dev.halo.gateway.access.SiteChecks;
import dev.halo.gateway.access.Traces;
import dev.halo.gateway.audit.RequestTrail;
import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.body.RequestBodies;
import dev.halo.gateway.error.ErrorEnvelope;
import dev.halo.gateway.idempotency.IdempotentRequest;
import dev.halo.gateway.limits.QuotaTicket;
import dev.halo.gateway.query.AsyncCommand;
import dev.halo.gateway.query.CommandReader;
import dev.halo.gateway.query.CommandSchema;
import dev.halo.gateway.view.Views;
import dev.halo.protocol.query.QueryBounds;
import dev.halo.protocol.query.QueryMode;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Takes queries that run on their own. */
@Path("/integrator/sites/{siteId}/queries")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Queries")
public class AsyncResource {

    private final Views views;
    private final SiteChecks checks;
    private final AsyncQueries queries;

    public AsyncResource(Views views, SiteChecks checks, AsyncQueries queries) {
        this.views = views;
        this.checks = checks;
        this.queries = queries;
    }

    /** Answers as soon as the query is stored; a site that is offline or unreachable may come back in time. */
    @POST
    @Path("async")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createAsyncQuery",
            summary = "Have a query run, and fetch its result later",
            description = "The query is accepted also while its site is offline: it is sent when the site comes back"
                    + " within maxTimeInQueue. Results have no bound and come in pages.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = CommandSchema.Async.class)))
    @Parameter(
            name = IdempotentRequest.HEADER,
            in = ParameterIn.HEADER,
            description = "1 to 255 visible characters, your own: the same request with the same key within 24 hours is"
                    + " carried out once.",
            schema = @Schema(implementation = String.class, maxLength = 255))
    @APIResponse(
            responseCode = "409",
            description = "The Idempotency-Key was used for another request.",
            content = @Content(schema = @Schema(implementation = ErrorEnvelope.class)))
    @APIResponse(
            responseCode = "201",
            description = "It is stored.",
            headers = {
                @Header(
                        name = "Location",
                        description = "Where to ask for it.",
                        schema = @Schema(type = SchemaType.STRING)),
                @Header(
                        name = "Retry-After",
                        description = "Seconds after which asking is worth it.",
                        schema = @Schema(type = SchemaType.INTEGER))
            },
            content = @Content(schema = @Schema(implementation = AsyncQueryJson.class)))
    public Uni<Response> post(
            @Context ContainerRequestContext context, @Context HttpServerRequest request, @RestPath String siteId) {
        Caller caller = Caller.of(context);
        UUID site = Ids.siteId(siteId);
        String traceparent = Traces.current(context);
        QuotaTicket ticket = QuotaTicket.of(context);
        RequestTrail trail = RequestTrail.of(context);
        return Uni.createFrom()
                .completionStage(RequestBodies.read(request, QueryBounds.MAX_REQUEST_BYTES))
                .chain(bytes -> {
                    AsyncCommand body = CommandReader.async(bytes);
                    trail.asked(body.command());
                    Optional<IdempotentRequest> key =
                            IdempotentRequest.of(request, caller.integratorId(), site, QueryMode.ASYNC, bytes);
                    return Uni.createFrom()
                            .completionStage(() -> views.checked(() -> checks.mayLeave(caller, site, body.catalogue())))
                            .chain(found -> ticket.kept(
                                    () -> queries.create(caller, found, body, key, traceparent),
                                    query -> trail.query(query.id())));
                })
                .map(this::created);
    }

    private Response created(AsyncQuery query) {
        return Response.status(Response.Status.CREATED)
                .header(HttpHeaders.LOCATION, location(query))
                .header(
                        HttpHeaders.RETRY_AFTER,
                        Math.max(1, queries.pollingHint().toSeconds()))
                .entity(AsyncRenderer.object(query, List.of(), false))
                .build();
    }

    /** Where a query is. */
    public static String location(AsyncQuery query) {
        return "/integrator/sites/" + query.siteId() + "/queries/" + query.id();
    }
}
