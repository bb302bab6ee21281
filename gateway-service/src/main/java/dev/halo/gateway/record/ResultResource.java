package dev.halo.gateway.record;

import dev.halo.gateway.access.Ids;
import dev.halo.gateway.async.AsyncQueries;
import dev.halo.gateway.async.AsyncQuery;
import dev.halo.gateway.async.AsyncResult;
import dev.halo.gateway.async.AsyncStatus;
import dev.halo.gateway.audit.RequestTrail;
import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.body.HandOver;
import dev.halo.gateway.body.RowsBody;
import dev.halo.gateway.body.ZstdRows;
import dev.halo.gateway.error.ErrorEnvelope;
import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.limits.QuotaTicket;
import dev.halo.gateway.page.PageInfo;
import dev.halo.gateway.page.PageKey;
import dev.halo.gateway.page.PageStore;
import dev.halo.gateway.page.StoredPage;
import dev.halo.gateway.query.QueryRenderer;
import dev.halo.gateway.store.Store;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Gives the pages of async queries. They stay readable while their site is offline or superseded. */
@Path("/integrator/sites/{siteId}/queries/{queryId:(?!immediate/|async/|registered/|status/)[^/]+}/results")
@Tag(name = "Results")
public class ResultResource {

    private static final byte[] BEFORE = "{\"data\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] AFTER = "\"}".getBytes(StandardCharsets.US_ASCII);
    private static final String GONE = "410";

    private final QueryLookup lookup;
    private final AsyncQueries queries;
    private final PageStore pages;
    private final QueryRenderer renderer;

    public ResultResource(QueryLookup lookup, AsyncQueries queries, PageStore pages, QueryRenderer renderer) {
        this.lookup = lookup;
        this.queries = queries;
        this.pages = pages;
        this.renderer = renderer;
    }

    /** A page that can be given, and whose it is. */
    private record Page(AsyncQuery query, StoredPage stored) {}

    /** The page's rows in base64. */
    @GET
    @Path("{pageNumber}")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "getResultPage",
            summary = "Fetch a page of a result",
            description = "A page can be fetched as soon as it is cached, also before the query has ended.")
    @APIResponse(
            responseCode = "200",
            headers = {
                @Header(name = "Size", description = "Bytes of JSON.", schema = @Schema(type = SchemaType.INTEGER)),
                @Header(name = "Rows-Count", schema = @Schema(type = SchemaType.INTEGER)),
                @Header(
                        name = "Rows-Range-Start",
                        description = "Number of its first row in the result, from 0.",
                        schema = @Schema(type = SchemaType.INTEGER)),
                @Header(
                        name = "Rows-Range-End",
                        description = "Number of its last row, which is one before the first where there is none.",
                        schema = @Schema(type = SchemaType.INTEGER))
            },
            content = @Content(schema = @Schema(implementation = PageJson.class)))
    @APIResponse(
            responseCode = GONE,
            description = "The result was removed, or its 24 hours are over.",
            content = @Content(schema = @Schema(implementation = ErrorEnvelope.class)))
    public Uni<Response> page(
            @Context ContainerRequestContext request,
            @RestPath String siteId,
            @RestPath String queryId,
            @RestPath String pageNumber) {
        return find(request, siteId, queryId, pageNumber).map(page -> withHeaders(page)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new RowsBody(
                        BEFORE,
                        new ZstdRows(page.stored.body(), page.stored.info().size(), page.stored.onClose()),
                        after(page.query)))
                .build());
    }

    /** The page's rows as they are. */
    @GET
    @Path("{pageNumber}/stream")
    @Produces({MediaType.APPLICATION_JSON, StreamForm.NDJSON})
    @Operation(
            operationId = "streamResultPage",
            summary = "Stream a page of a result",
            description = "A JSON array of rows, or one row per line where application/x-ndjson is accepted. With"
                    + " Accept-Encoding zstd an array comes as it was stored; gzip is made on the way.")
    @APIResponse(
            responseCode = "200",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(type = SchemaType.ARRAY, implementation = Object.class)),
                @Content(mediaType = StreamForm.NDJSON, schema = @Schema(type = SchemaType.STRING))
            })
    @APIResponse(
            responseCode = GONE,
            description = "The result was removed, or its 24 hours are over.",
            content = @Content(schema = @Schema(implementation = ErrorEnvelope.class)))
    public Uni<Response> stream(
            @Context ContainerRequestContext request,
            @Context HttpHeaders headers,
            @HeaderParam(HttpHeaders.ACCEPT_ENCODING) String acceptEncoding,
            @RestPath String siteId,
            @RestPath String queryId,
            @RestPath String pageNumber) {
        StreamForm form = StreamForm.of(headers.getAcceptableMediaTypes(), acceptEncoding);
        return find(request, siteId, queryId, pageNumber).map(page -> {
            Response.ResponseBuilder answer = withHeaders(page)
                    .type(form.mediaType())
                    .header(HttpHeaders.VARY, "Accept, Accept-Encoding")
                    .entity(form.body(page.stored));
            if (form.coding() != null) {
                answer.header(HttpHeaders.CONTENT_ENCODING, form.coding());
            }
            return answer.build();
        });
    }

    private Uni<Page> find(ContainerRequestContext request, String siteId, String queryId, String pageNumber) {
        Caller caller = Caller.of(request);
        RequestTrail trail = RequestTrail.of(request);
        UUID site = Ids.siteId(siteId);
        QuotaTicket ticket = QuotaTicket.of(request);
        UUID id = Ids.queryId(queryId);
        int number = number(pageNumber);
        return lookup.async(caller, site, id).chain(query -> {
            check(query, number);
            return HandOver.of(
                            () -> read(query, number),
                            page -> page.stored.onClose().run())
                    .invoke(page -> {
                        PageInfo info = page.stored.info();
                        ticket.gives(info.size());
                        trail.query(id);
                        trail.gave(info.rows(), info.size());
                    });
        });
    }

    private void check(AsyncQuery query, int number) {
        if (queries.isGone(query)) {
            throw Refusal.of(
                    Reason.GONE,
                    query.progress().pagesRemoved()
                            ? "The result of this query was removed."
                            : "The result of this query was kept for 24 hours after its completion, which are over.");
        }
        AsyncResult result = query.progress().result();
        if (query.hasEnded() && query.status() != AsyncStatus.SUCCESSFUL) {
            throw Refusal.notFound(
                    "This query has no result: it ended as " + query.status().wire() + ".");
        }
        if (result != null && number > result.pages()) {
            throw Refusal.notFound("There is no page " + number + ": the result has " + result.pages() + " in all.");
        }
    }

    private CompletionStage<Page> read(AsyncQuery query, int number) {
        PageKey key = new PageKey(query.createdAt(), query.id(), query.linkId(), number);
        return stored(pages.find(key))
                .thenCompose(info -> info.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.<StoredPage>empty())
                        // In this order: once it is noted, what is read belongs to the only run that there will be.
                        : queries.pageGiven(query).thenCompose(noted -> stored(pages.read(key, info.get()))))
                .thenApply(page -> new Page(
                        query,
                        page.orElseThrow(() -> Refusal.notFound("Page " + number + " is not there yet: the query is "
                                + query.status().wire() + "."))));
    }

    private static <T> CompletionStage<T> stored(CompletionStage<T> read) {
        return read.exceptionallyCompose(failure -> CompletableFuture.failedFuture(Store.unavailable()));
    }

    private static Response.ResponseBuilder withHeaders(Page page) {
        PageInfo info = page.stored.info();
        return Response.ok()
                .header("Size", info.size())
                .header("Rows-Count", info.rows())
                .header("Rows-Range-Start", info.firstRow())
                .header("Rows-Range-End", info.lastRow());
    }

    private byte[] after(AsyncQuery query) {
        AsyncResult result = query.progress().result();
        return result == null || result.parameters().isEmpty()
                ? AFTER
                : ("\",\"parameters\":" + renderer.json(QueryRenderer.parameters(result.parameters())) + "}")
                        .getBytes(StandardCharsets.UTF_8);
    }

    private static int number(String text) {
        if (!text.matches("[1-9]\\d{0,8}")) {
            throw Refusal.invalid("pageNumber in the path must be a whole number from 1 to 999999999.");
        }
        return Integer.parseInt(text);
    }
}
