package dev.halo.gateway.view;

import dev.halo.messaging.CompactedView;
import dev.halo.messaging.KafkaSettings;
import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.topic.Topic;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What the registry has published, in memory: sites, authority, integrators with their pairings and enablements. All
 * checks of a request are made against it, so the registry may be down without stopping queries.
 */
public final class Views implements AutoCloseable, Freshness {

    private final SiteIndex siteIndex = new SiteIndex();
    private final AuthorityIndex authorityIndex = new AuthorityIndex();
    private final IntegratorIndex integratorIndex = new IntegratorIndex();
    private final CompactedView<SiteRecord> sites;
    private final CompactedView<AuthorityRecord> authority;
    private final CompactedView<IntegratorFact> integrators;

    /** @param catchUp how long {@link #catchUp()} takes at the most */
    public Views(KafkaSettings settings, Duration catchUp) {
        this.sites = view(settings, Topic.SITES, SiteRecord.class, SiteRecord::version, catchUp);
        this.authority = view(settings, Topic.AUTHORITY, AuthorityRecord.class, AuthorityRecord::version, catchUp);
        this.integrators = view(settings, Topic.INTEGRATORS, IntegratorFact.class, IntegratorFact::version, catchUp);
        sites.addListener(siteIndex::changed);
        authority.addListener(authorityIndex::changed);
        integrators.addListener(integratorIndex::changed);
    }

    /** Starts reading. */
    public void start() {
        all().forEach(CompactedView::start);
    }

    public boolean isLoaded() {
        return all().allMatch(CompactedView::isLoaded);
    }

    public SiteIndex sites() {
        return siteIndex;
    }

    public AuthorityIndex authority() {
        return authorityIndex;
    }

    public IntegratorIndex integrators() {
        return integratorIndex;
    }

    /** Records that could not be read since the start. */
    public long malformedRecords() {
        return all().mapToLong(CompactedView::malformedRecords).sum();
    }

    /** How long the slowest of the reading threads has been stuck. */
    public Duration sinceLastPoll() {
        return all().map(CompactedView::sinceLastPoll).max(Duration::compareTo).orElse(Duration.ZERO);
    }

    @Override
    public CompletionStage<Void> catchUp() {
        List<CompletableFuture<Boolean>> ends =
                all().map(view -> view.catchUp().toCompletableFuture()).toList();
        CompletableFuture<Void> all = CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
        Context caller = Vertx.currentContext();
        if (caller == null) {
            return all;
        }
        // What follows is the request's work, which is not for the thread that reads the views.
        CompletableFuture<Void> inCallersThread = new CompletableFuture<>();
        all.whenComplete((done, failure) -> caller.runOnContext(unused -> inCallersThread.complete(null)));
        return inCallersThread;
    }

    @Override
    public void close() {
        all().forEach(CompactedView::close);
    }

    private Stream<CompactedView<?>> all() {
        return Stream.of(sites, authority, integrators);
    }

    private static <V> CompactedView<V> view(
            KafkaSettings settings, Topic topic, Class<V> type, ToLongFunction<V> version, Duration catchUp) {
        return CompactedView.of(
                settings,
                topic,
                value -> Json.read(value, type),
                (current, incoming, record) ->
                        current == null || version.applyAsLong(incoming) >= version.applyAsLong(current)
                                ? incoming
                                : current,
                catchUp);
    }
}
