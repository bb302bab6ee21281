package dev.halo.gateway.immediate;

import dev.halo.gateway.access.Ids;
import dev.halo.gateway.access.SiteChecks;
import dev.halo.gateway.access.Traces;
import dev.halo.gateway.audit.RequestTrail;
import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.body.HandOver;
import dev.halo.gateway.body.RequestBodies;
import dev.halo.gateway.error.ErrorEnvelope;
import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.idempotency.IdempotentRequest;
import dev.halo.gateway.limits.QuotaTicket;
import dev.halo.gateway.query.CommandReader;
import dev.halo.gateway.query.CommandSchema;
import dev.halo.gateway.query.ImmediateCommand;
import dev.halo.gateway.query.QueryIds;
import dev.halo.gateway.query.QueryJson;
import dev.halo.gateway.view.Views;
import dev.halo.protocol.query.QueryBounds;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.site.SiteRecord;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Runs a query and answers with its result. */
@Path("/integrator/sites/{siteId}/queries")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Queries")
public class ImmediateResource {

    private final Views views;
    private final SiteChecks checks;
    private final ImmediateQueries queries;
    private final ImmediateAnswers answers;
    private final RepeatableImmediates repeatable;

    public ImmediateResource(
            Views views,
            SiteChecks checks,
            ImmediateQueries queries,
            ImmediateAnswers answers,
            RepeatableImmediates repeatable) {
        this.views = views;
        this.checks = checks;
        this.queries = queries;
        this.answers = answers;
        this.repeatable = repeatable;
    }

    /** Waits for the practice's answer, for {@code maxTimeInQueue} and 65 seconds at the most. */
    @POST
    @Path("immediate")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createImmediateQuery",
            summary = "Run a query and wait for its result",
            description = "The result may have 8 MiB of JSON. 503 means not attempted, so that it may be repeated; 504"
                    + " means attempted.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = CommandSchema.Immediate.class)))
    @Parameter(
            name = IdempotentRequest.HEADER,
            in = ParameterIn.HEADER,
            description = "1 to 255 visible characters, your own: the same request with the same key within 24 hours is"
                    + " carried out once.",
            schema = @Schema(implementation = String.class, maxLength = 255))
    @APIResponse(
            responseCode = "200",
            description = "It ran.",
            content = @Content(schema = @Schema(implementation = QueryJson.class)))
    @APIResponse(
            responseCode = "400",
            description = "The request is not valid, or the database refused the statement.",
            content = @Content(schema = @Schema(oneOf = {ErrorEnvelope.class, QueryJson.class})))
    @APIResponse(
            responseCode = "409",
            description = "The Idempotency-Key was used for another request, or for a query with rows, which are not"
                    + " kept.",
            content = @Content(schema = @Schema(implementation = ErrorEnvelope.class)))
    @APIResponse(
            responseCode = "413",
            description = "The body is too large, or the query ran and its result is.",
            content = @Content(schema = @Schema(oneOf = {ErrorEnvelope.class, QueryJson.class})))
    @APIResponse(
            responseCode = "504",
            description = "It was attempted and did not come to an end in time.",
            content = @Content(schema = @Schema(oneOf = {ErrorEnvelope.class, QueryJson.class})))
    public Uni<Response> post(
            @Context ContainerRequestContext context, @Context HttpServerRequest request, @RestPath String siteId) {
        Caller caller = Caller.of(context);
        UUID site = Ids.siteId(siteId);
        Asked asked = new Asked(caller, Traces.current(context), QuotaTicket.of(context), RequestTrail.of(context));
        return Uni.createFrom()
                .completionStage(RequestBodies.read(request, QueryBounds.MAX_REQUEST_BYTES))
                .chain(bytes -> {
                    ImmediateCommand body = CommandReader.immediate(bytes);
                    asked.trail.asked(body.command());
                    Optional<IdempotentRequest> key =
                            IdempotentRequest.of(request, caller.integratorId(), site, QueryMode.IMMEDIATE, bytes);
                    return run(asked, site, body, key);
                });
    }

    /** Without these three the framework says 404 of the verbs: a path with an id beside this one has none of them. */
    @PUT
    @Path("immediate")
    @Operation(hidden = true)
    public Response put() {
        throw new NotAllowedException(HttpMethod.POST);
    }

    @DELETE
    @Path("immediate")
    @Operation(hidden = true)
    public Response delete() {
        throw new NotAllowedException(HttpMethod.POST);
    }

    @PATCH
    @Path("immediate")
    @Operation(hidden = true)
    public Response patch() {
        throw new NotAllowedException(HttpMethod.POST);
    }

    /** Who asks, and what is noted of it. */
    private record Asked(Caller caller, String traceparent, QuotaTicket ticket, RequestTrail trail) {

        /** A query whose answer nobody has attempted does not count. */
        void ended(Answer answer, Throwable failure) {
            if (answer == null || ImmediateAnswers.status(answer.outcome()) == Reason.FORBIDDEN.status()) {
                ticket.undo();
            }
            if (answer != null) {
                trail.ended(answer.outcome());
                ticket.gives(answer.rows() == null ? 0 : answer.rows().size());
            }
        }
    }

    private Uni<Response> run(Asked asked, UUID site, ImmediateCommand body, Optional<IdempotentRequest> key) {
        return Uni.createFrom()
                .completionStage(() -> views.checked(() -> checks.mayQuery(asked.caller, site, body.catalogue())))
                .chain(found -> key.map(one -> repeatable.run(one, queryId -> begin(queryId, asked, found, body)))
                        .orElseGet(() -> once(asked, found, body)));
    }

    private ImmediateQueries.Running begin(UUID queryId, Asked asked, SiteRecord site, ImmediateCommand body) {
        asked.ticket.keep();
        asked.trail.query(queryId);
        try {
            return queries.run(queryId, asked.caller, site, body, asked.traceparent, asked::ended);
        } catch (Refusal refusal) {
            asked.ticket.undo();
            throw refusal;
        }
    }

    private Uni<Response> once(Asked asked, SiteRecord site, ImmediateCommand body) {
        ImmediateQueries.Running running = begin(QueryIds.at(Instant.now()), asked, site, body);
        return HandOver.of(running::answer, ImmediateAnswers::close)
                .onCancellation()
                .invoke(running::abandon)
                .chain(answers::toResponse);
    }
}
