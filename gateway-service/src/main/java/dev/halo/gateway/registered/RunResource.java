package dev.halo.gateway.registered;

import dev.halo.gateway.access.Ids;
import dev.halo.gateway.body.RequestBodies;
import dev.halo.gateway.config.RegisteredConfig;
import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.link.LinkAuthenticator;
import dev.halo.gateway.link.PageHeaders;
import dev.halo.gateway.page.ByteBudget;
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
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestPath;

/** The agents' API: a Link uploads the result of a run that had changed, before it reports the run. */
@Path(LinkApi.REGISTERED)
public class RunResource {

    private static final Duration BUSY = Duration.ofSeconds(2);

    private final LinkAuthenticator links;
    private final RunStore runs;
    private final ByteBudget uploads;
    private final Vertx vertx;
    private final MeterRegistry metrics;

    public RunResource(
            LinkAuthenticator links, RunStore runs, RegisteredConfig config, Vertx vertx, MeterRegistry metrics) {
        this.links = links;
        this.runs = runs;
        this.uploads = new ByteBudget(config.maxUploadMemory().asLongValue());
        this.vertx = vertx;
        this.metrics = metrics;
        metrics.gauge("halo.gateway.registered.upload.memory.free", uploads, ByteBudget::free);
    }

    /**
     * 204 when the result is committed; 404 if the registration is not this Link's, 410 if it has ended, 409 if this run
     * or a later one has been reported: all three are final.
     */
    @PUT
    @Path("{queryId}/runs/{number}")
    @Operation(hidden = true)
    public Uni<Response> put(
            @RestPath String queryId,
            @RestPath String number,
            @Context HttpHeaders headers,
            @Context HttpServerRequest request) {
        LinkIdentity link = links.authenticate(headers.getHeaderString(HttpHeaders.AUTHORIZATION));
        UUID query = Ids.queryId(queryId);
        long run = number(number);
        PageHeaders declared = PageHeaders.read(headers, QueryBounds.MAX_IMMEDIATE_RESULT_BYTES, Instant.now());
        ByteBudget.Lease memory = uploads.tryAcquire(declared.length())
                .orElseThrow(() -> Refusal.unavailable("Too many uploads at the same time.", BUSY));
        return Uni.createFrom()
                .completionStage(() -> RequestBodies.read(request, declared.length())
                        .thenCompose(body -> verified(new UploadedPage(
                                declared.rows(), declared.firstRow(), declared.size(), declared.sha256(), body)))
                        .thenCompose(result -> store(query, link.linkId(), run, result)))
                .onTermination()
                .invoke(memory::close)
                .map(this::answer);
    }

    private CompletionStage<RunStore.Stored> store(UUID query, UUID linkId, long run, UploadedPage result) {
        return runs.put(query, linkId, run, result)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(Store.unavailable()));
    }

    private Response answer(RunStore.Stored stored) {
        metrics.counter(
                        "halo.gateway.registered.upload",
                        "outcome",
                        stored.name().toLowerCase(Locale.ROOT))
                .increment();
        return switch (stored) {
            case STORED -> Response.noContent().build();
            case UNKNOWN -> throw Refusal.notFound("There is no such registered query of this Link.");
            case ENDED -> throw Refusal.of(Reason.GONE, "The registered query has ended.");
            case OLD -> throw Refusal.of(Reason.CONFLICT, "This run, or a later one, has been reported already.");
        };
    }

    /** Tens of milliseconds of work for a large result, so not in the event loop. */
    private CompletionStage<UploadedPage> verified(UploadedPage result) {
        return vertx.executeBlocking(
                        () -> {
                            PageVerifier.verify(result);
                            return result;
                        },
                        false)
                .toCompletionStage();
    }

    private static long number(String text) {
        if (!text.matches("[1-9]\\d{0,17}")) {
            throw Refusal.invalid("The run's number in the path must be a whole number from 1 on.");
        }
        return Long.parseLong(text);
    }
}
