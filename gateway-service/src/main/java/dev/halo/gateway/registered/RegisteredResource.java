package dev.halo.gateway.registered;

import dev.halo.gateway.access.Ids;
import dev.halo.gateway.access.SiteChecks;
import dev.halo.gateway.access.SiteChecks.Allowed;
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
import dev.halo.gateway.query.QueryIds;
import dev.halo.gateway.query.RegisteredCommand;
import dev.halo.gateway.view.Views;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryBounds;
import dev.halo.protocol.query.QueryMode;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Queries that run again and again at the practice. */
@Path("/integrator/sites/{siteId}/queries/registered")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Registered queries")
public class RegisteredResource {

    private final Views views;
    private final SiteChecks checks;
    private final RegistrationStore registrations;
    private final RunStore runs;
    private final ResultBody results;
    private final RegistrationDelivery delivery;

    public RegisteredResource(
            Views views,
            SiteChecks checks,
            RegistrationStore registrations,
            RunStore runs,
            ResultBody results,
            RegistrationDelivery delivery) {
        this.views = views;
        this.checks = checks;
        this.registrations = registrations;
        this.runs = runs;
        this.results = results;
        this.delivery = delivery;
    }

    /** Accepted whether or not the site is online; it runs as soon as the site takes it. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createRegisteredQuery",
            summary = "Have a query run again and again",
            description = "It runs at once and then each frequency seconds, for duration seconds. Each run may take 60"
                    + " seconds and give 8 MiB of JSON. A run that fails does not end it.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = CommandSchema.Registered.class)))
    @Parameter(
            name = IdempotentRequest.HEADER,
            in = ParameterIn.HEADER,
            description = "1 to 255 visible characters, your own: the same request with the same key within 24 hours is"
                    + " carried out once.",
            schema = @Schema(implementation = String.class, maxLength = 255))
    @APIResponse(
            responseCode = "202",
            description = "It is registered; Location leads to it.",
            content = @Content(schema = @Schema(implementation = RegisteredJson.Created.class)))
    @APIResponse(
            responseCode = "409",
            description = "The Idempotency-Key was used for another request.",
            content = @Content(schema = @Schema(implementation = ErrorEnvelope.class)))
    public Uni<Response> post(
            @Context ContainerRequestContext context, @Context HttpServerRequest request, @RestPath String siteId) {
        Caller caller = Caller.of(context);
        UUID site = Ids.siteId(siteId);
        QuotaTicket ticket = QuotaTicket.of(context);
        RequestTrail trail = RequestTrail.of(context);
        return Uni.createFrom()
                .completionStage(RequestBodies.read(request, QueryBounds.MAX_REQUEST_BYTES))
                .chain(bytes -> {
                    RegisteredCommand body = CommandReader.registered(bytes);
                    trail.asked(body.command());
                    Optional<IdempotentRequest> key =
                            IdempotentRequest.of(request, caller.integratorId(), site, QueryMode.REGISTERED, bytes);
                    return Uni.createFrom()
                            .completionStage(() -> views.checked(() -> checks.mayLeave(caller, site, body.catalogue())))
                            .chain(found -> ticket.kept(() -> create(caller, found, body, key), trail::query));
                })
                .map(stored -> Response.accepted(new RegisteredJson.Created(stored))
                        .header(HttpHeaders.LOCATION, "/integrator/sites/" + site + "/queries/registered/" + stored)
                        .build());
    }

    private CompletionStage<UUID> create(
            Caller caller, Allowed allowed, RegisteredCommand body, Optional<IdempotentRequest> key) {
        UUID id = QueryIds.at(Instant.now());
        Instant createdAt = QueryIds.createdAt(id).orElseThrow();
        return registrations
                .create(id, createdAt, allowed, caller.integratorId(), body, key)
                .thenApply(stored -> {
                    delivery.soon(allowed.site().linkId());
                    return stored;
                });
    }

    /** One's own, the newest first. */
    @GET
    @Operation(
            operationId = "getRegisteredQueries",
            summary = "List what is registered with a site",
            description = "What has ended is listed for 24 hours.")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = RegisteredJson.Many.class)))
    public Uni<RegisteredJson.Many> list(@Context ContainerRequestContext context, @RestPath String siteId) {
        Caller caller = Caller.of(context);
        UUID site = Ids.siteId(siteId);
        return Uni.createFrom()
                .completionStage(() -> views.checked(() -> checks.mayRead(caller, site)))
                .chain(found -> Uni.createFrom().completionStage(() -> registrations.list(caller.integratorId(), site)))
                .map(all -> new RegisteredJson.Many(
                        all.stream().map(RegisteredJson::of).toList()));
    }

    /** Another integrator's is not found. */
    @GET
    @Path("{queryId}")
    @Operation(operationId = "getRegisteredQuery", summary = "Show a registered query and what its runs came to")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = RegisteredJson.class)))
    public Uni<RegisteredJson> get(
            @Context ContainerRequestContext context, @RestPath String siteId, @RestPath String queryId) {
        return own(context, siteId, queryId).map(RegisteredJson::of);
    }

    /** May be repeated. */
    @DELETE
    @Path("{queryId}")
    @Operation(
            operationId = "cancelRegisteredQuery",
            summary = "End a registered query",
            description = "A run that is under way is cancelled. The latest result can be read for another 24 hours.")
    @APIResponse(responseCode = "204", description = "It has ended.")
    public Uni<Void> cancel(
            @Context ContainerRequestContext context, @RestPath String siteId, @RestPath String queryId) {
        return own(context, siteId, queryId)
                .chain(one -> Uni.createFrom().completionStage(() -> cancel(one)))
                .replaceWithVoid();
    }

    private CompletionStage<Boolean> cancel(Registration one) {
        return registrations.cancel(one.id()).thenApply(ended -> {
            if (ended) {
                delivery.cancel(
                        List.of(new LinkSide.Place(
                                one.id(), one.siteId(), one.integratorId(), one.linkId(), null, null)),
                        LinkErrorCode.CANCELLED);
            }
            return ended;
        });
    }

    /** Of the last run whose result had changed. */
    @GET
    @Path("{queryId}/results")
    @Operation(
            operationId = "getRegisteredQueryResult",
            summary = "Fetch the latest result",
            description = "There is none before the first run that succeeded.")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = RegisteredJson.Result.class)))
    @APIResponse(
            responseCode = "410",
            description = "The practice has disabled you, and the result was removed.",
            content = @Content(schema = @Schema(implementation = ErrorEnvelope.class)))
    public Uni<Response> results(
            @Context ContainerRequestContext context, @RestPath String siteId, @RestPath String queryId) {
        Uni<Registration> own = own(context, siteId, queryId);
        QuotaTicket ticket = QuotaTicket.of(context);
        RequestTrail trail = RequestTrail.of(context);
        return own.chain(one -> HandOver.of(
                        () -> isRemoved(one)
                                ? CompletableFuture.completedFuture(Optional.<RunStore.Result>empty())
                                : runs.latest(one.id()).exceptionallyCompose(RegistrationStore::refused),
                        late -> late.ifPresent(result -> result.rows().close()))
                .map(found -> {
                    RunStore.Result result = found.orElseThrow(() -> none(one));
                    ticket.gives(result.rows().size());
                    trail.query(one.id());
                    trail.gave(result.count(), result.rows().size());
                    return results.of(result);
                })
                .map(body -> Response.ok(body, MediaType.APPLICATION_JSON_TYPE).build()));
    }

    /** Also where that is still to be done: it was disabled and enabled again a moment ago. */
    private boolean isRemoved(Registration one) {
        return !views.integrators().isStillEnabled(one.integratorId(), one.siteId(), one.enabledSince())
                || one.status() == Registration.Status.CANCELLED
                        && one.lastError() != null
                        && one.lastError().is(LinkErrorCode.INTEGRATOR_DISABLED);
    }

    private Refusal none(Registration one) {
        return isRemoved(one)
                ? Refusal.of(Reason.GONE, "The practice has disabled the integrator, and the result was removed.")
                : Refusal.notFound("There is no result yet: no run has given one.");
    }

    private Uni<Registration> own(ContainerRequestContext context, String siteId, String queryId) {
        Caller caller = Caller.of(context);
        UUID site = Ids.siteId(siteId);
        UUID query = Ids.queryId(queryId);
        return Uni.createFrom()
                .completionStage(() -> views.checked(() -> checks.exists(site)))
                .chain(found -> Uni.createFrom().completionStage(() -> registrations.find(query)))
                .map(found -> found.filter(one -> one.integratorId().equals(caller.integratorId())
                                && one.siteId().equals(site))
                        .orElseThrow(() -> Refusal.notFound(
                                "There is no registered query with the id " + query + " at this site.")))
                .chain(one -> Uni.createFrom()
                        .completionStage(() -> views.checked(() -> checks.mayRead(caller, site)))
                        .map(allowed -> one));
    }
}
