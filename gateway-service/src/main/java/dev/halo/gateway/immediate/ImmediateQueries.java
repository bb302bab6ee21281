package dev.halo.gateway.immediate;

import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.body.BufferRows;
import dev.halo.gateway.body.RowSource;
import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.page.PageKey;
import dev.halo.gateway.page.PageStore;
import dev.halo.gateway.query.ImmediateCommand;
import dev.halo.gateway.query.ImmediateQuery;
import dev.halo.gateway.query.QueryIds;
import dev.halo.gateway.view.Views;
import dev.halo.messaging.LinkPresence;
import dev.halo.messaging.RequestReply;
import dev.halo.messaging.SessionDirectory;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.site.Availability;
import dev.halo.protocol.site.SiteRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;

/** All immediate queries that wait at this gateway. */
final class ImmediateQueries implements AutoCloseable, Surroundings {

    private static final Logger LOG = Logger.getLogger(ImmediateQueries.class);

    /** How often runs look at their sessions and clocks, beside being told of each change. */
    private static final long LOOK_MILLIS = 250;

    /** A query that was let in. */
    final class Running {
        private final ImmediateRun run;
        private final CompletionStage<Answer> answer;

        private Running(ImmediateRun run, CompletionStage<Answer> answer) {
            this.run = run;
            this.answer = answer;
        }

        /** Fails with {@link dev.halo.gateway.error.Refusal} where nothing was attempted. */
        CompletionStage<Answer> answer() {
            return answer;
        }

        /** Nobody waits for it any more. */
        void abandon() {
            run.abandon();
        }
    }

    private final SessionDirectory sessions;
    private final Views views;
    private final Courier courier;
    private final PageStore pages;
    private final GatewayConfig.Immediate config;
    private final int slot;
    private final ImmediateMetrics metrics;
    private final Admission admission;
    private final Map<UUID, ImmediateRun> runs = new ConcurrentHashMap<>();
    private final ScheduledExecutorService looker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "immediate-looker");
        thread.setDaemon(true);
        return thread;
    });

    ImmediateQueries(
            SessionDirectory sessions,
            Views views,
            Courier courier,
            PageStore pages,
            GatewayConfig config,
            ImmediateMetrics metrics) {
        this.sessions = sessions;
        this.views = views;
        this.courier = courier;
        this.pages = pages;
        this.config = config.immediate();
        this.slot = config.slot();
        this.metrics = metrics;
        this.admission =
                new Admission(this.config.maxPending(), this.config.maxPendingPerSite(), this.config.maxParked());
    }

    void start() {
        sessions.addListener(this::linkChanged);
        looker.scheduleWithFixedDelay(this::lookAtAll, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Runs a query that has passed all checks but that of the site's availability.
     *
     * @param queryId new, of {@link QueryIds}
     * @param ended told how it ended before anybody else is: its answer or its failure, the other is null
     * @throws dev.halo.gateway.error.Refusal 503 if there is no room
     */
    Running run(
            UUID queryId,
            Caller caller,
            SiteRecord site,
            ImmediateCommand body,
            String traceparent,
            BiConsumer<Answer, Throwable> ended) {
        Instant createdAt = QueryIds.createdAt(queryId).orElseThrow();
        admission.enter(site.siteId());
        ImmediateQuery query = new ImmediateQuery(
                queryId,
                caller.integratorId(),
                site.siteId(),
                body.maxTimeInQueue(),
                body.commandSize(),
                body.requestSize(),
                createdAt);
        QueryRequest request = new QueryRequest(
                query.id(),
                site.siteId(),
                caller.integratorId(),
                QueryMode.IMMEDIATE,
                body.command(),
                body.catalogue(),
                body.maxTimeInQueue(),
                slot,
                createdAt);
        ImmediateRun run = new ImmediateRun(query, request, site.linkId(), traceparent, this);
        runs.put(query.id(), run);
        CompletionStage<Answer> answer = run.end()
                .whenComplete((end, failure) -> {
                    runs.remove(query.id());
                    admission.leave(site.siteId());
                })
                .thenCompose(end -> withRows(run, request, end))
                .whenComplete((answered, failure) -> {
                    metrics.ended(createdAt, answered, failure);
                    ended.accept(answered, failure);
                });
        run.start();
        return new Running(run, answer);
    }

    private CompletionStage<Answer> withRows(ImmediateRun run, QueryRequest request, ImmediateRun.End end) {
        if (!(end.outcome() instanceof Outcome.Rows rows)) {
            return CompletableFuture.completedFuture(answer(run, end.outcome(), null));
        }
        if (rows.storage() == Outcome.Storage.INLINE) {
            RowSource inline = new BufferRows(end.inlineRows());
            return CompletableFuture.completedFuture(
                    inline.size() == rows.size()
                            ? answer(run, rows, inline)
                            : answer(run, rowsLost(request, rows), null));
        }
        PageKey key = new PageKey(run.query().createdAt(), run.query().id(), run.linkId(), 1);
        return pages.take(key, rows.size())
                .thenApply(found -> found.map(stored -> answer(run, rows, stored))
                        .orElseGet(() -> answer(run, rowsLost(request, rows), null)))
                .exceptionally(failure -> answer(run, rowsLost(request, rows), null));
    }

    private static Outcome rowsLost(QueryRequest request, Outcome.Rows rows) {
        return new Outcome.Failed(Verdicts.rowsLost(request.command()), rows.timing());
    }

    private static Answer answer(ImmediateRun run, Outcome outcome, RowSource rows) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Instant createdAt = run.query().createdAt();
        return new Answer(run.query(), outcome, rows, now.isBefore(createdAt) ? createdAt : now);
    }

    private void linkChanged(UUID linkId) {
        runs.values().forEach(run -> {
            if (run.linkId().equals(linkId)) {
                run.look();
            }
        });
    }

    private void lookAtAll() {
        try {
            runs.values().forEach(run -> {
                run.look();
                run.checkPolicy();
            });
        } catch (RuntimeException e) {
            unexpected(e);
        }
    }

    @Override
    public LinkPresence presence(UUID linkId) {
        return sessions.presence(linkId);
    }

    @Override
    public Availability availability(UUID linkId) {
        return sessions.availability(linkId);
    }

    @Override
    public CompletionStage<RequestReply.Reply> send(
            QueryRequest query, SessionRecord.Open session, Duration timeout, String traceparent) {
        return courier.send(query, session, timeout, traceparent);
    }

    @Override
    public void cancel(QueryRequest query, SessionRecord.Open session, LinkErrorCode cause) {
        courier.cancel(query, session, cause);
    }

    @Override
    public void tell(QueryRequest query, SessionRecord.Open session, LinkErrorCode cause) {
        courier.tell(query, session, cause);
    }

    @Override
    public LinkErrorCode forbidden(QueryRequest query) {
        if (!views.integrators().isEnabled(query.integratorId(), query.siteId())) {
            return LinkErrorCode.INTEGRATOR_DISABLED;
        }
        boolean answers = views.sites()
                .visible(query.siteId())
                .filter(views.authority()::isAuthoritative)
                .isPresent();
        return answers ? null : LinkErrorCode.SITE_SUPERSEDED;
    }

    @Override
    public Admission admission() {
        return admission;
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Duration totalWait(int maxTimeInQueueMillis) {
        return config.executionLimit().plus(config.transportMargin()).plusMillis(maxTimeInQueueMillis);
    }

    @Override
    public Duration parking() {
        return config.parking();
    }

    @Override
    public Duration lostSessionGrace() {
        return config.lostSessionGrace();
    }

    @Override
    public void released(Outcome.ReleaseCause cause) {
        metrics.released(cause);
    }

    @Override
    public void unexpected(Throwable failure) {
        LOG.error("event=immediateFault", failure);
    }

    @Override
    public void close() {
        looker.shutdownNow();
        courier.close();
    }
}
