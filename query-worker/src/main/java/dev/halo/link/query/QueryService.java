package dev.halo.link.query;

import dev.halo.link.enablement.EnablementService;
import dev.halo.link.execution.StopCause;
import dev.halo.link.firebird.SiteDatabase;
import dev.halo.link.journal.WriteJournal;
import dev.halo.link.queue.FairQueue;
import dev.halo.link.queue.QueueConfig;
import dev.halo.link.queue.QueueKey;
import dev.halo.link.queue.QueuedTask.EndCause;
import dev.halo.link.site.ServedSite;
import dev.halo.link.site.SiteDirectory;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.Produced;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Takes queries and cancels from the session and sees to it that each query reaches exactly one outcome. A second copy of
 * a query is never run: its outcome is sent again where it is still known.
 */
public final class QueryService {

    private static final Logger LOG = Logger.getLogger(QueryService.class);
    private static final int MAX_OUTCOME_BYTES = 448 * 1024;

    private final SiteDirectory sites;
    private final AuthorityBook authority;
    private final EnablementService enablement;
    private final WriteJournal journal;
    private final Outbox outbox;
    private final FairQueue queue;
    private final StatementJobs jobs;
    private final QueryMetrics metrics;
    private final Reports reports;
    private final int maxAsyncs;
    private final Function<SiteDatabase, String> hostOf;
    private final Map<UUID, LiveQuery> live = new ConcurrentHashMap<>();
    private final RecentIds<QueryFailure> cancelled;
    private final RecentIds<Boolean> ended;
    private volatile boolean stopping;

    /** @param hostOf the database server of a database, which limits are counted for */
    public QueryService(
            Gates gates,
            WriteJournal journal,
            Outbox outbox,
            FairQueue queue,
            StatementJobs jobs,
            Reports reports,
            Bounds bounds,
            Function<SiteDatabase, String> hostOf) {
        this.sites = gates.sites();
        this.authority = gates.authority();
        this.enablement = gates.enablement();
        this.journal = journal;
        this.outbox = outbox;
        this.queue = queue;
        this.jobs = jobs;
        this.metrics = jobs.metrics();
        this.reports = reports;
        this.maxAsyncs = bounds.query().asyncs();
        this.hostOf = hostOf;
        this.cancelled = new RecentIds<>(bounds.queue().rememberedCancels(), System::nanoTime);
        this.ended = new RecentIds<>(bounds.queue().rememberedQueries(), System::nanoTime);
        authority.onLost(siteId -> endQueued(key -> key.siteId().equals(siteId), Outcomes.superseded()));
    }

    /** Who may query what. */
    public record Gates(SiteDirectory sites, AuthorityBook authority, EnablementService enablement) {}

    /** How much is kept of how many. */
    public record Bounds(QueueConfig queue, QueryConfig query) {}

    /** A query has come. Does not block. */
    public void accept(QueryRequest request, Map<String, String> trace) {
        UUID id = request.queryId();
        if (isRepeated(request)) {
            metrics.duplicate();
            return;
        }
        Optional<QueryFailure> refusal = refusal(request);
        Optional<SiteDatabase> database =
                sites.served(request.siteId()).flatMap(site -> site.catalogue(request.catalogue()));
        if (refusal.isPresent() || database.isEmpty()) {
            QueryFailure failure = refusal.orElseGet(Outcomes::superseded);
            deliver(request, Outcomes.notAttempted(request.mode(), failure, 0), ByteBuffer.allocate(0));
            return;
        }
        if (request.mode() == QueryMode.ASYNC && unendedAsyncs() >= maxAsyncs) {
            deliver(request, new Outcome.Released(ReleaseCause.NO_CREDIT), ByteBuffer.allocate(0));
            return;
        }
        QueueKey key =
                new QueueKey(request.siteId(), hostOf.apply(database.get()), request.integratorId(), request.mode());
        LiveQuery query = new LiveQuery(request, database.get(), key, trace, this, System.nanoTime());
        if (live.putIfAbsent(id, query) == null) {
            reached(query, new Frame.Queued(id, request.siteId()));
            queue.offer(query, Duration.ofMillis(request.queueMillis()));
        }
    }

    private long unendedAsyncs() {
        return outbox.unawaited()
                + live.values().stream()
                        .filter(query -> query.request().mode() == QueryMode.ASYNC)
                        .count();
    }

    private boolean isRepeated(QueryRequest request) {
        UUID id = request.queryId();
        Optional<Outbox.Pending> known = outbox.get(id);
        known.ifPresent(outcome -> outbox.put(outcome.frame(), outcome.body(), outcome.waitedFor()));
        LiveQuery same = live.get(id);
        if (same != null) {
            same.stage().ifPresent(reports::say);
        }
        boolean repeated = known.isPresent() || same != null || ended.get(id).isPresent() || journal.knows(id);
        if (repeated) {
            LOG.debugf("event=query_repeated query=%s", id);
        }
        return repeated;
    }

    /** Why a query may not run now; asked when it comes and again when it starts. */
    Optional<QueryFailure> refusal(QueryRequest request) {
        if (stopping) {
            return Optional.of(Outcomes.shuttingDown());
        }
        Optional<QueryFailure> earlyCancel = cancelled.get(request.queryId());
        if (earlyCancel.isPresent()) {
            return earlyCancel;
        }
        Optional<ServedSite> site = sites.served(request.siteId());
        if (site.isEmpty() || !authority.mayServe(request.siteId())) {
            return Optional.of(Outcomes.superseded());
        }
        if (site.get().catalogue(request.catalogue()).isEmpty()) {
            return Optional.of(Outcomes.unknownCatalogue(request.catalogue()));
        }
        if (enablement.login(request.siteId(), request.integratorId()).isEmpty()) {
            return Optional.of(Outcomes.disabled());
        }
        return Optional.empty();
    }

    /** Its slots are free: it runs, on a thread of its own. */
    void started(LiveQuery query) {
        jobs.run(query, this);
    }

    /** An async runs from now on. */
    void executing(LiveQuery query) {
        reached(query, new Frame.Executing(query.id(), query.request().siteId()));
    }

    /** An async was executed; its pages are on their way. */
    void uploading(LiveQuery query, Produced produced) {
        reached(query, new Frame.Uploading(query.id(), query.request().siteId(), produced));
    }

    /** Nobody asks how far an immediate is. */
    private void reached(LiveQuery query, Frame stage) {
        if (query.request().mode() == QueryMode.ASYNC) {
            query.reached(stage);
            reports.say(stage);
        }
    }

    /** How far the asyncs are, for a session that has just opened. */
    public List<Frame> stages() {
        return live.values().stream().flatMap(query -> query.stage().stream()).toList();
    }

    /**
     * Says again what executes and uploads: a gateway that never heard of it would take the query for one that still
     * waits, and end it as expired.
     */
    public void repeatProgress() {
        stages().stream().filter(stage -> !(stage instanceof Frame.Queued)).forEach(reports::say);
    }

    /** It ended in the queue. */
    void neverStarted(LiveQuery query, EndCause cause) {
        Outcome outcome =
                switch (cause) {
                    case FULL -> new Outcome.Released(ReleaseCause.NO_CREDIT);
                    case EXPIRED -> Outcomes.failed(Outcomes.expired(), query.queuedMillis());
                    case REMOVED ->
                        Outcomes.notAttempted(
                                query.request().mode(),
                                query.removedFor().orElseGet(Outcomes::cancelled),
                                query.queuedMillis());
                };
        end(query, outcome, ByteBuffer.allocate(0));
    }

    /** The database work of a query is over: the next one may have its slots. */
    void slotsFree(LiveQuery query) {
        queue.finished(query.id());
    }

    /** A query's one end. */
    void end(LiveQuery query, Outcome outcome, ByteBuffer rows) {
        deliver(query.request(), outcome, rows);
        live.remove(query.id());
    }

    private void deliver(QueryRequest request, Outcome outcome, ByteBuffer rows) {
        metrics.ended(request.mode(), outcome);
        if (!(outcome instanceof Outcome.Released)) {
            // What was handed back may come again and is then a new attempt.
            ended.put(request.queryId(), Boolean.TRUE);
        }
        outbox.put(
                new Frame.Ended(request.queryId(), request.siteId(), request.integratorId(), request.replySlot()),
                body(outcome, rows),
                request.mode() == QueryMode.IMMEDIATE);
    }

    /** Output values travel in the outcome itself: what no message could hold must not be sent again and again. */
    private static ByteBuffer body(Outcome outcome, ByteBuffer rows) {
        ByteBuffer body = OutcomeCodec.encode(outcome, rows);
        return body.remaining() <= MAX_OUTCOME_BYTES ? body : OutcomeCodec.encode(Outcomes.tooLarge());
    }

    /** Why a query or a registered query, which has not come yet, is not wanted; empty where it is. */
    public Optional<QueryFailure> earlyCancel(UUID id) {
        return cancelled.get(id);
    }

    /** Ends a query wherever it is; one that has not come yet will be refused for two hours. */
    public void cancel(UUID queryId, LinkErrorCode cause) {
        StopCause stop = StopCause.of(cause);
        cancelled.put(queryId, stop.failure());
        LiveQuery query = live.get(queryId);
        if (query != null) {
            stop(query, stop);
        }
    }

    private void stop(LiveQuery query, StopCause cause) {
        query.removeFor(cause.failure());
        if (!queue.remove(query.id())) {
            query.stop(cause);
        }
    }

    /** The practice has shut an integrator out: what it has queued and running at the site ends now. */
    public void disabled(UUID siteId, UUID integratorId) {
        stopAll(key -> key.siteId().equals(siteId) && key.integratorId().equals(integratorId), StopCause.DISABLED);
        jobs.runner().revoke(siteId, integratorId);
    }

    /** A Halo GUID is no longer this Link's: everything of it ends now. */
    public void siteClosed(UUID siteId) {
        stopAll(key -> key.siteId().equals(siteId), StopCause.SUPERSEDED);
        jobs.runner().revokeSite(siteId, StopCause.SUPERSEDED);
    }

    private void stopAll(Predicate<QueueKey> which, StopCause cause) {
        for (LiveQuery query : List.copyOf(live.values())) {
            if (which.test(query.key())) {
                stop(query, cause);
            }
        }
    }

    private void endQueued(Predicate<QueueKey> which, QueryFailure failure) {
        live.values().stream().filter(query -> which.test(query.key())).forEach(query -> query.removeFor(failure));
        queue.removeAll(which);
    }

    /** Ids of the queries that have not ended, or whose end is not confirmed; at most {@link Frame#MAX_HELD}. */
    public List<UUID> held() {
        List<UUID> held = new ArrayList<>();
        // Asyncs first: of them the gateway decides by this list what is to be sent again.
        for (LiveQuery query : live.values()) {
            held.add(query.request().mode() == QueryMode.ASYNC ? 0 : held.size(), query.id());
        }
        outbox.all().stream().map(outcome -> outcome.frame().queryId()).forEach(held::add);
        return held.stream().distinct().limit(Frame.MAX_HELD).toList();
    }

    /** Queries that have not ended. */
    public int unfinished() {
        return live.size();
    }

    /** Takes nothing new, and ends what waits. */
    public void beginStop() {
        stopping = true;
        endQueued(key -> true, Outcomes.shuttingDown());
    }

    /** Cancels what still runs. */
    public void cancelRunning() {
        stopAll(key -> true, StopCause.SHUTDOWN);
    }
}
