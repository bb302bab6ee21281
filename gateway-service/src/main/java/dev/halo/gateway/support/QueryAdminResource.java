package dev.halo.gateway.support;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halo.gateway.access.Ids;
import dev.halo.gateway.access.PageRequest;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.query.QueryIds;
import dev.halo.gateway.store.Store;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Where queries are and how they ended, for support. */
@Path("/admin/v1/queries")
@Produces(MediaType.APPLICATION_JSON)
public class QueryAdminResource {

    private static final String OPERATOR = "operator";
    private static final String SUPPORT = "support";
    private static final Set<String> MODES = Set.of("immediate", "async", "registered");

    /**
     * A part of the queries.
     *
     * @param queries the latest first
     * @param nextCursor null where there are no more
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Queries(List<QueryMetadata> queries, String nextCursor) {}

    private final QueryMetadataStore store;
    private final Clock clock;

    QueryAdminResource(QueryMetadataStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Queries made in a time range, by default the last day, of all or of those that fit. */
    @GET
    @RolesAllowed({OPERATOR, SUPPORT})
    @Operation(hidden = true)
    public Uni<Queries> list(
            @RestQuery String integratorId,
            @RestQuery String siteId,
            @RestQuery String status,
            @RestQuery String mode,
            @RestQuery String from,
            @RestQuery String to,
            @RestQuery String cursor,
            @RestQuery String limit) {
        if (mode != null && !MODES.contains(mode)) {
            throw Refusal.invalid("mode must be immediate, async or registered.");
        }
        PageRequest page = PageRequest.of(from, to, cursor, limit, clock.instant());
        QueryMetadataStore.Search search = new QueryMetadataStore.Search(
                PageRequest.id("integratorId", integratorId),
                PageRequest.id("siteId", siteId),
                PageRequest.word("status", status),
                mode,
                page);
        return Uni.createFrom()
                .completionStage(() -> available(store.find(search)))
                .map(found -> queries(found, page.limit()));
    }

    /** One query, whoever made it. */
    @GET
    @Path("{id}")
    @RolesAllowed({OPERATOR, SUPPORT})
    @Operation(hidden = true)
    public Uni<QueryMetadata> one(@RestPath String id) {
        UUID query = Ids.parameter("id", id);
        Instant createdAt = QueryIds.createdAt(query).orElseThrow(() -> unknown(query));
        return Uni.createFrom()
                .completionStage(() -> available(store.find(query, createdAt)))
                .map(found -> found.orElseThrow(() -> unknown(query)));
    }

    private static Refusal unknown(UUID id) {
        return Refusal.notFound("There is no query with the id " + id + ", or not any more.");
    }

    private static <T> CompletionStage<T> available(CompletionStage<T> found) {
        return found.exceptionallyCompose(failure -> CompletableFuture.failedFuture(Store.unavailable()));
    }

    private static Queries queries(List<QueryMetadata> found, int limit) {
        if (found.size() <= limit) {
            return new Queries(found, null);
        }
        QueryMetadata last = found.get(limit - 1);
        return new Queries(found.subList(0, limit), new PageRequest.Place(last.createdAt(), last.id()).cursor());
    }
}
