package dev.halo.gateway.record;

import dev.halo.gateway.access.Ids;
import dev.halo.gateway.async.AsyncQueries;
import dev.halo.gateway.async.AsyncQuery;
import dev.halo.gateway.async.AsyncQueryJson;
import dev.halo.gateway.async.AsyncRenderer;
import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.query.QueryJson;
import dev.halo.gateway.record.QueryLookup.Found;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Looks a query up by its id, and ends it. The literal segments of the API are no ids. */
@Path("/integrator/sites/{siteId}/queries")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Queries")
public class QueryResource {

    /** An id in a path that has literal segments beside it. */
    static final String ID = "{queryId:(?!immediate$|async$|registered$|status$)[^/]+}";

    private static final int MAX_WAIT_MILLIS = 30_000;

    private final QueryLookup lookup;
    private final AsyncQueries asyncs;

    public QueryResource(QueryLookup lookup, AsyncQueries asyncs) {
        this.lookup = lookup;
        this.asyncs = asyncs;
    }

    /** One's own query; of an immediate the rows are not kept. */
    @GET
    @Path(ID)
    @Operation(
            operationId = "getQuery",
            summary = "Show a query and where it is",
            description =
                    "With waitMs the answer comes at the next change of status, or when that time is over. Another"
                            + " integrator's query is not found.")
    @Parameter(
            name = "waitMs",
            description = "Milliseconds; default 0.",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "0", maximum = "30000"))
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(oneOf = {AsyncQueryJson.class, QueryJson.class})))
    public Uni<Response> query(
            @Context ContainerRequestContext request,
            @RestPath String siteId,
            @RestPath String queryId,
            @QueryParam("waitMs") String waitMs) {
        Caller caller = Caller.of(request);
        UUID site = Ids.siteId(siteId);
        UUID id = Ids.queryId(queryId);
        Duration wait = wait(waitMs);
        return lookup.any(caller, site, id).chain(found -> {
            if (found instanceof Found.Async async) {
                return latest(caller, async.query(), wait).chain(this::answer);
            }
            return Uni.createFrom()
                    .item(Response.ok(((Found.Immediate) found).record().document(), MediaType.APPLICATION_JSON_TYPE)
                            .build());
        });
    }

    /** Cancels a query wherever it is and removes its result. */
    @DELETE
    @Path(ID)
    @Operation(
            operationId = "cancelQuery",
            summary = "End a query and remove its result",
            description = "A query that has ended stays as it ended; its pages are removed. A write that is under way"
                    + " ends as the practice's database decides. Again does nothing.")
    @APIResponse(responseCode = "202", description = "It ends, and its pages are removed.")
    public Uni<Response> delete(
            @Context ContainerRequestContext request, @RestPath String siteId, @RestPath String queryId) {
        Caller caller = Caller.of(request);
        UUID site = Ids.siteId(siteId);
        UUID id = Ids.queryId(queryId);
        Response accepted = Response.accepted()
                .header(HttpHeaders.LOCATION, "/integrator/sites/" + site + "/queries/" + id)
                .build();
        return lookup.any(caller, site, id)
                .chain(found -> found instanceof Found.Async async
                        ? Uni.createFrom().completionStage(() -> asyncs.cancel(async.query()))
                        // An immediate has ended, and nothing of its result is kept.
                        : Uni.createFrom().voidItem())
                .replaceWith(accepted);
    }

    private Uni<AsyncQuery> latest(Caller caller, AsyncQuery seen, Duration wait) {
        if (wait.isZero() || seen.hasEnded()) {
            return Uni.createFrom().item(seen);
        }
        return Uni.createFrom()
                .completionStage(() -> asyncs.changed(seen, wait))
                .chain(() -> lookup.async(caller, seen.siteId(), seen.id()));
    }

    private Uni<Response> answer(AsyncQuery query) {
        return Uni.createFrom().completionStage(() -> asyncs.withPages(query)).map(found -> Response.ok(
                        AsyncRenderer.object(found.query(), found.pages(), asyncs.isGone(query)),
                        MediaType.APPLICATION_JSON_TYPE)
                .build());
    }

    private static Duration wait(String waitMs) {
        if (waitMs == null) {
            return Duration.ZERO;
        }
        if (!waitMs.matches("\\d{1,5}") || Integer.parseInt(waitMs) > MAX_WAIT_MILLIS) {
            throw Refusal.invalid("waitMs must be a whole number from 0 to " + MAX_WAIT_MILLIS + " milliseconds.");
        }
        return Duration.ofMillis(Integer.parseInt(waitMs));
    }
}
