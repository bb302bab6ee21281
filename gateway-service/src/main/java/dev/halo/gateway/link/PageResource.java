package dev.halo.gateway.link;

import dev.halo.gateway.access.Ids;
import dev.halo.gateway.body.RequestBodies;
import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.page.ByteBudget;
import dev.halo.gateway.page.PageKey;
import dev.halo.gateway.page.PageStore;
import dev.halo.gateway.page.PageVerifier;
import dev.halo.gateway.page.UploadedPage;
import dev.halo.gateway.store.Store;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.link.LinkTokens.LinkIdentity;
import dev.halo.protocol.query.QueryBounds;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestPath;

/** The agents' API: a Link uploads a result, or a page of one, before it reports the query's end. */
@Path(LinkApi.QUERIES)
public class PageResource {

    /** A page is about 1 MiB, or one row; brackets and a little slack come on top. */
    private static final long MAX_SIZE = QueryBounds.MAX_ROW_BYTES + 64 * 1024;

    private static final Logger LOG = Logger.getLogger(PageResource.class);
    private static final Duration BUSY = Duration.ofSeconds(2);

    private final LinkAuthenticator links;
    private final PageStore pages;
    private final ByteBudget uploads;
    private final Vertx vertx;
    private final MeterRegistry metrics;

    public PageResource(
            LinkAuthenticator links, PageStore pages, GatewayConfig config, Vertx vertx, MeterRegistry metrics) {
        this.links = links;
        this.pages = pages;
        this.uploads = new ByteBudget(config.pages().maxUploadMemory().asLongValue());
        this.vertx = vertx;
        this.metrics = metrics;
        metrics.gauge("halo.gateway.upload.memory.free", uploads, ByteBudget::free);
    }

    /** 204 when the page is committed; 404 if the query is another Link's. Whatever else comes back, the Link keeps the page. */
    @PUT
    @Path("{queryId}/pages/{pageNumber}")
    @Operation(hidden = true)
    public Uni<Response> put(
            @RestPath String queryId,
            @RestPath String pageNumber,
            @Context HttpHeaders headers,
            @Context HttpServerRequest request) {
        LinkIdentity link = links.authenticate(headers.getHeaderString(HttpHeaders.AUTHORIZATION));
        PageHeaders declared = PageHeaders.read(headers, MAX_SIZE, Instant.now());
        PageKey key = new PageKey(declared.queryCreatedAt(), Ids.queryId(queryId), link.linkId(), number(pageNumber));
        ByteBudget.Lease memory = uploads.tryAcquire(declared.length())
                .orElseThrow(() -> Refusal.unavailable("Too many uploads at the same time.", BUSY));
        return Uni.createFrom()
                .completionStage(() ->
                        RequestBodies.read(request, declared.length()).thenCompose(body -> store(key, declared, body)))
                .onTermination()
                .invoke(memory::close)
                .map(stored -> Response.noContent().build());
    }

    private CompletionStage<Void> store(PageKey key, PageHeaders declared, byte[] body) {
        UploadedPage page =
                new UploadedPage(declared.rows(), declared.firstRow(), declared.size(), declared.sha256(), body);
        return verified(page)
                .thenCompose(checked -> pages.put(key, page).exceptionallyCompose(failure -> {
                    metrics.counter("halo.gateway.upload", "outcome", "storeFailed")
                            .increment();
                    return CompletableFuture.failedFuture(Store.unavailable());
                }))
                .thenAccept(isOwn -> {
                    if (!isOwn) {
                        metrics.counter("halo.gateway.upload", "outcome", "foreign")
                                .increment();
                        LOG.errorf(
                                "event=foreignPage alarm=foreignLink queryId=%s linkId=%s",
                                key.queryId(), key.linkId());
                        throw Refusal.notFound("There is no such query of this Link.");
                    }
                    metrics.counter("halo.gateway.upload", "outcome", "stored").increment();
                    metrics.summary("halo.gateway.upload.bytes").record(page.size());
                });
    }

    /** Tens of milliseconds of work for a large page, so not in the event loop. */
    private CompletionStage<Void> verified(UploadedPage page) {
        return vertx.<Void>executeBlocking(
                        () -> {
                            PageVerifier.verify(page);
                            return null;
                        },
                        false)
                .toCompletionStage();
    }

    private static int number(String text) {
        if (!text.matches("[1-9]\\d{0,8}")) {
            throw Refusal.invalid("The page number in the path must be a whole number from 1 on.");
        }
        return Integer.parseInt(text);
    }
}
