package dev.halo.gateway.record;

import dev.halo.gateway.access.SiteChecks;
import dev.halo.gateway.async.AsyncQueries;
import dev.halo.gateway.async.AsyncQuery;
import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.view.Views;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Finds one's own queries, in the API's order of checks: the site exists, the query is the caller's, the caller may still
 * read there. Another integrator's query is not found, whether or not the caller is paired.
 */
@ApplicationScoped
public class QueryLookup {

    private final Views views;
    private final SiteChecks checks;
    private final AsyncQueries asyncs;
    private final QueryRecords records;

    public QueryLookup(Views views, SiteChecks checks, AsyncQueries asyncs, QueryRecords records) {
        this.views = views;
        this.checks = checks;
        this.asyncs = asyncs;
        this.records = records;
    }

    /** A query, whichever kind it is. */
    sealed interface Found {
        record Async(AsyncQuery query) implements Found {}

        record Immediate(QueryRecord record) implements Found {}
    }

    /** A query of either kind; fails with {@link Refusal} 404 if there is none. */
    Uni<Found> any(Caller caller, UUID site, UUID id) {
        return checked(caller, site, id, () -> search(caller, site, id));
    }

    private CompletionStage<Optional<Found>> search(Caller caller, UUID site, UUID id) {
        Optional<QueryRecord> unwritten = records.unwritten(id);
        if (unwritten.isPresent()) {
            return CompletableFuture.completedFuture(immediate(unwritten, caller, site));
        }
        return asyncs.find(caller.integratorId(), site, id)
                .thenCompose(async -> async.isPresent()
                        ? CompletableFuture.completedFuture(async.<Found>map(Found.Async::new))
                        : records.find(id).thenApply(record -> immediate(record, caller, site)));
    }

    private static Optional<Found> immediate(Optional<QueryRecord> record, Caller caller, UUID site) {
        return record.filter(one -> one.integratorId().equals(caller.integratorId())
                        && one.siteId().equals(site))
                .map(Found.Immediate::new);
    }

    /** An async query; fails with {@link Refusal} 404 if there is none. */
    Uni<AsyncQuery> async(Caller caller, UUID site, UUID id) {
        return checked(caller, site, id, () -> asyncs.find(caller.integratorId(), site, id));
    }

    private <T> Uni<T> checked(Caller caller, UUID site, UUID id, Supplier<CompletionStage<Optional<T>>> search) {
        return Uni.createFrom()
                .completionStage(() -> views.checked(() -> checks.exists(site)))
                .chain(exists -> Uni.createFrom().completionStage(search))
                .map(found -> found.orElseThrow(
                        () -> Refusal.notFound("There is no query with the id " + id + " at this site.")))
                .chain(found -> mayRead(caller, site).replaceWith(found));
    }

    /** Checks 6, 8 and 9. */
    Uni<Void> mayRead(Caller caller, UUID site) {
        return Uni.createFrom()
                .completionStage(() -> views.checked(() -> checks.mayRead(caller, site)))
                .replaceWithVoid();
    }
}
