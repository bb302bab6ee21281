package dev.halo.gateway.async;

import dev.halo.gateway.config.AsyncConfig;
import dev.halo.gateway.page.PageSets;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.view.Views;
import dev.halo.protocol.query.LinkErrorCode;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Ends what a practice no longer allows: of an integrator that it has disabled all queries and all pages, also where it
 * has enabled it again since; of a site that is superseded what has not begun.
 */
@ApplicationScoped
class PolicySweep {

    private static final Logger LOG = Logger.getLogger(PolicySweep.class);

    /** From its POST to its end at the latest: queue, execution and uploads, with room to spare. */
    private static final Duration LONGEST_LIFE = Duration.ofDays(1);

    private static final String PAIRS = """
            select integrator_id, site_id, min(since) from (
              select integrator_id, site_id, coalesce(enabled_since, created_at) as since
              from gateway.async_query where completed_at is null
              union all
              select integrator_id, site_id, coalesce(enabled_since, created_at) from gateway.async_query
              where not pages_removed and completed_at > $1 and created_at > $2) still
            group by integrator_id, site_id""";

    private static final String UNFINISHED = """
            select query_id from gateway.async_query
            where integrator_id = $1 and site_id = $2 and completed_at is null
              and ($4::timestamptz is null or coalesce(enabled_since, created_at) < $4)
            order by created_at limit $3""";

    private static final String REMOVE_PAGES = """
            update gateway.async_query set pages_removed = true, updated_at = $3
            where (created_at, query_id) in (
              select created_at, query_id from gateway.async_query
              where integrator_id = $1 and site_id = $2 and completed_at is not null and not pages_removed
                and ($4::timestamptz is null or coalesce(enabled_since, created_at) < $4)
              limit 100)
            returning query_id, created_at, link_id""";

    /** @param since the integrator had been enabled when it asked the query for which that is longest ago */
    private record Pair(UUID integratorId, UUID siteId, Instant since) {}

    private final Store store;
    private final AsyncConfig config;
    private final Views views;
    private final AsyncChanges changes;

    PolicySweep(Store store, AsyncConfig config, Views views, AsyncChanges changes) {
        this.store = store;
        this.config = config;
        this.views = views;
        this.changes = changes;
    }

    CompletionStage<Void> sweep() {
        if (!views.isLoaded()) {
            return CompletableFuture.completedFuture(null);
        }
        return store.execute(
                        PAIRS,
                        Tuple.of(
                                AsyncRows.utc(changes.now().minus(config.resultLifetime())),
                                // Spares the partitions of older days: none of their queries can have ended so late.
                                AsyncRows.utc(changes.now()
                                        .minus(config.resultLifetime())
                                        .minus(LONGEST_LIFE))),
                        config.storeTimeout())
                .thenApply(PolicySweep::pairs)
                .thenCompose(pairs -> pairs.stream().allMatch(pair -> isEnabled(pair) && isAuthoritative(pair))
                        ? CompletableFuture.completedFuture(null)
                        // What looks wrong may only be news that have not come here yet.
                        : views.catchUp().thenCompose(caughtUp -> each(pairs, this::check)));
    }

    private CompletionStage<Void> check(Pair pair) {
        if (!isEnabled(pair)) {
            return disabled(pair);
        }
        return isAuthoritative(pair)
                ? CompletableFuture.completedFuture(null)
                : unfinished(pair, null, query -> Transitions.superseded(query, changes.now()));
    }

    private CompletionStage<Void> disabled(Pair pair) {
        // Where it is enabled again, what was asked since then stays.
        Instant before = views.integrators().enabledSince(pair.integratorId, pair.siteId);
        return unfinished(
                        pair,
                        before,
                        query -> Transitions.cancelled(query, LinkErrorCode.INTEGRATOR_DISABLED, changes.now()))
                .thenCompose(done ->
                        store.inTransaction(config.storeTimeout(), connection -> removed(connection, pair, before)));
    }

    /** @param before only what was asked under an enabling before this one; null: all */
    private Future<Void> removed(SqlConnection connection, Pair pair, Instant before) {
        return connection
                .preparedQuery(REMOVE_PAGES)
                .execute(Tuple.of(pair.integratorId, pair.siteId, AsyncRows.utc(changes.now()), AsyncRows.utc(before)))
                .compose(found -> {
                    List<PageSets.Owner> owners = new ArrayList<>();
                    found.forEach(row ->
                            owners.add(new PageSets.Owner(row.getUUID(0), AsyncRows.instant(row, 1), row.getUUID(2))));
                    if (!owners.isEmpty()) {
                        LOG.infof(
                                "event=resultsRemoved reason=disabled integratorId=%s siteId=%s queries=%d",
                                pair.integratorId, pair.siteId, owners.size());
                    }
                    return PageSets.remove(connection, owners);
                });
    }

    private CompletionStage<Void> unfinished(
            Pair pair, Instant before, Function<AsyncQuery, Optional<AsyncQuery>> change) {
        return store.execute(
                        UNFINISHED,
                        Tuple.of(pair.integratorId, pair.siteId, (long) config.maxUnfinished(), AsyncRows.utc(before)),
                        config.storeTimeout())
                .thenCompose(found -> {
                    List<UUID> ids = new ArrayList<>();
                    found.forEach(row -> ids.add(row.getUUID(0)));
                    return each(ids, id -> changes.change(id, change).thenAccept(changed -> {}));
                });
    }

    private static <T> CompletionStage<Void> each(List<T> all, Function<T, CompletionStage<Void>> step) {
        CompletionStage<Void> done = CompletableFuture.completedFuture(null);
        for (T one : all) {
            done = done.thenCompose(before -> step.apply(one));
        }
        return done;
    }

    private static List<Pair> pairs(RowSet<Row> found) {
        List<Pair> pairs = new ArrayList<>();
        found.forEach(row -> pairs.add(new Pair(row.getUUID(0), row.getUUID(1), AsyncRows.instant(row, 2))));
        return pairs;
    }

    private boolean isEnabled(Pair pair) {
        return views.integrators().isStillEnabled(pair.integratorId, pair.siteId, pair.since);
    }

    private boolean isAuthoritative(Pair pair) {
        return views.sites()
                .visible(pair.siteId)
                .filter(views.authority()::isAuthoritative)
                .isPresent();
    }
}
