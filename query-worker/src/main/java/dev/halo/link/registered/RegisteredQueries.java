package dev.halo.link.registered;

import dev.halo.link.execution.StopCause;
import dev.halo.link.firebird.SiteDatabase;
import dev.halo.link.query.JobThreads;
import dev.halo.link.query.Outbox;
import dev.halo.link.query.Outcomes;
import dev.halo.link.query.QueryMetrics;
import dev.halo.link.query.QueryService;
import dev.halo.link.query.Reports;
import dev.halo.link.query.StatementExecution;
import dev.halo.link.queue.FairQueue;
import dev.halo.link.queue.QueuedTask.EndCause;
import dev.halo.link.site.ServedSite;
import dev.halo.link.upload.ResultUploader;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.query.RegisteredRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * The registered queries that the cloud wants run, held in memory: every session brings them again, with the time that is
 * left. They run on schedule also while there is no session; their results are uploaded as soon as a gateway takes them
 * and their runs are told to the next session. One whose site is not served yet runs as soon as it is.
 */
public final class RegisteredQueries implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(RegisteredQueries.class);

    private final RegisteredConfig config;
    private final QueryService.Gates gates;
    private final QueryService queries;
    private final Outbox outbox;
    private final Reports reports;
    private final FairQueue queue;
    private final Function<SiteDatabase, String> hostOf;
    private final LongSupplier nanoTime;
    private final RunJobs jobs;
    private final RunOutbox runs;
    private final RunNumbers numbers;
    private final QueryMetrics metrics;
    private final Map<UUID, Registration> held = new LinkedHashMap<>();
    private final Map<UUID, RegisteredRunTask> unended = new LinkedHashMap<>();
    private volatile boolean stopping;

    /**
     * @param starts of this installation before this one
     * @param hostOf the database server of a database, which limits are counted for
     */
    public RegisteredQueries(
            RegisteredConfig config,
            QueryService.Gates gates,
            QueryService queries,
            Delivery delivery,
            Execution execution,
            long starts,
            Function<SiteDatabase, String> hostOf,
            LongSupplier nanoTime) {
        this.config = config;
        this.gates = gates;
        this.queries = queries;
        this.outbox = delivery.outbox();
        this.reports = delivery.reports();
        this.queue = execution.queue();
        this.hostOf = hostOf;
        this.nanoTime = nanoTime;
        this.jobs = new RunJobs(execution.statements(), delivery.uploader(), execution.threads(), queue, config);
        this.runs = new RunOutbox(execution.statements().journal(), config, reports);
        this.numbers = new RunNumbers(starts);
        this.metrics = execution.statements().metrics();
        gates.authority().onLost(siteId -> endAll(request -> request.siteId().equals(siteId), StopCause.SUPERSEDED));
    }

    /** How ends, runs and results leave. */
    public record Delivery(Outbox outbox, Reports reports, ResultUploader uploader) {}

    /** What runs are executed by. */
    public record Execution(StatementExecution statements, JobThreads threads, FairQueue queue) {}

    /**
     * Holds a registered query from now on, and says so; one that is held already goes on as it was. Of a site that is not
     * authoritative it is held as well and does not run: who is behind a switch, this Link or the gateway, is not known
     * here, and the gateway ends it where the site was superseded.
     */
    public void register(RegisteredRequest request) {
        Optional<QueryFailure> refusal = queries.earlyCancel(request.queryId()).or(() -> disabled(request));
        if (stopping) {
            return;
        }
        if (refusal.isEmpty() && !hold(request)) {
            refusal =
                    Optional.of(LinkErrorCode.INTERNAL.failure("The Link holds as many registered queries as it may."));
        }
        if (refusal.isPresent()) {
            tellEnd(request, refusal.get());
        } else {
            reports.say(new Frame.Queued(request.queryId(), request.siteId()));
        }
    }

    /** Said only of a site that is served: before that nothing is known of its integrators. */
    private Optional<QueryFailure> disabled(RegisteredRequest request) {
        boolean known = gates.sites().served(request.siteId()).isPresent();
        boolean enabled = gates.enablement()
                .login(request.siteId(), request.integratorId())
                .isPresent();
        return known && !enabled ? Optional.of(Outcomes.disabled()) : Optional.empty();
    }

    private synchronized boolean hold(RegisteredRequest request) {
        long unacked = runs.highest(request.queryId());
        Registration same = held.get(request.queryId());
        if (same != null) {
            same.confirm(request, unacked > 0);
            return true;
        }
        long atSite = held.values().stream()
                .filter(other -> other.request().siteId().equals(request.siteId()))
                .count();
        if (held.size() >= config.max() || atSite >= config.maxPerSite()) {
            LOG.warnf("event=registered_refused query=%s held=%d", request.queryId(), held.size());
            return false;
        }
        long lastNumber = numbers.after(Math.max(request.lastNumber(), unacked));
        held.put(request.queryId(), new Registration(request, lastNumber, nanoTime.getAsLong()));
        return true;
    }

    /** A session has opened: what it does not ask for again within a while is not wanted any more. */
    public synchronized void sessionOpened() {
        long by = nanoTime.getAsLong() + config.confirmWithin().toNanos();
        held.values().forEach(registration -> registration.awaitConfirmation(by));
    }

    /** Begins what is due; to be called often. */
    public void tick() {
        List<RegisteredRequest> due = new ArrayList<>();
        synchronized (this) {
            long now = nanoTime.getAsLong();
            for (Iterator<Registration> each = held.values().iterator(); each.hasNext(); ) {
                Registration registration = each.next();
                if (registration.look(now)) {
                    metrics.skipped();
                }
                if (registration.isOver(now) || registration.isUnwanted(now) && registration.running() == null) {
                    each.remove();
                    numbers.gone(registration);
                } else if (registration.isDue()) {
                    due.add(registration.request());
                }
            }
        }
        due.forEach(this::begin);
    }

    private void begin(RegisteredRequest request) {
        Optional<ServedSite> site = gates.sites().served(request.siteId());
        if (stopping || site.isEmpty() || !gates.authority().mayServe(request.siteId())) {
            return;
        }
        Optional<QueryFailure> refusal = disabled(request);
        if (refusal.isPresent()) {
            endAll(other -> other.queryId().equals(request.queryId()), StopCause.DISABLED);
            return;
        }
        Optional<SiteDatabase> database = site.get().catalogue(request.catalogue());
        Optional<SiteDatabase> any =
                database.or(() -> site.get().databases().stream().findFirst());
        if (any.isEmpty()) {
            return;
        }
        RegisteredRunTask task;
        synchronized (this) {
            Registration registration = held.get(request.queryId());
            if (registration == null || !registration.isDue()) {
                return;
            }
            task = new RegisteredRunTask(request, any.get(), hostOf.apply(any.get()), registration.nextNumber(), this);
            registration.started(task);
            unended.put(task.id(), task);
        }
        if (database.isEmpty()) {
            ended(task, failed(task, Outcomes.unknownCatalogue(request.catalogue())));
        } else {
            queue.offer(task, Duration.ofSeconds(request.frequencySeconds()));
        }
    }

    private static RunJobs.Ended failed(RegisteredRunTask task, QueryFailure failure) {
        return RunJobs.Ended.without(Outcomes.failed(failure, task.queuedMillis()));
    }

    /** A run has its slots. */
    void mayRun(RegisteredRunTask task) {
        String lastHash;
        synchronized (this) {
            Registration registration = held.get(task.registered().queryId());
            lastHash = registration == null ? null : registration.lastHash();
        }
        jobs.run(task, lastHash, new RunEvents());
    }

    private final class RunEvents implements RunJobs.Listener {

        @Override
        public boolean mayBegin(RegisteredRunTask task) {
            return RegisteredQueries.this.mayBegin(task);
        }

        @Override
        public void notBegun(RegisteredRunTask task) {
            forget(task, null);
        }

        @Override
        public void ended(RegisteredRunTask task, RunJobs.Ended how) {
            RegisteredQueries.this.ended(task, how);
        }
    }

    /** Asked right before a run begins: since it got its slots, its query may have ended or its site be lost. */
    private boolean mayBegin(RegisteredRunTask task) {
        RegisteredRequest request = task.registered();
        synchronized (this) {
            Registration registration = held.get(request.queryId());
            if (registration == null || registration.running() != task) {
                return false;
            }
        }
        return !stopping
                && !task.cancel().isStopped()
                && gates.authority().mayServe(request.siteId())
                && gates.sites().served(request.siteId()).isPresent();
    }

    /** A run ended in the queue. */
    void neverRan(RegisteredRunTask task, EndCause cause) {
        if (cause == EndCause.REMOVED) {
            // Its registered query has ended, or the Link stops: nobody asks for this run.
            forget(task, null);
        } else {
            ended(task, failed(task, Outcomes.expired()));
        }
    }

    private void ended(RegisteredRunTask task, RunJobs.Ended how) {
        metrics.ended(QueryMode.REGISTERED, how.outcome());
        RegisteredRequest of = task.registered();
        runs.put(new Frame.Ran(
                of.siteId(),
                of.integratorId(),
                new RegisteredRun(task.id(), of.queryId(), task.number(), how.hash(), how.changed(), how.outcome())));
        forget(task, how.hash());
    }

    private synchronized void forget(RegisteredRunTask task, String hash) {
        unended.remove(task.id());
        Registration registration = held.get(task.registered().queryId());
        if (registration != null && registration.running() == task) {
            registration.ended(hash);
        }
    }

    /** The cloud does not want it any more: it ends, and so does its run. */
    public void cancel(UUID registeredId, LinkErrorCode cause) {
        StopCause stop = StopCause.of(cause);
        stopRuns(endAll(request -> request.queryId().equals(registeredId), stop), stop);
    }

    /** The practice has shut an integrator out; not so where it was only given another secret. */
    public void disabled(UUID siteId, UUID integratorId) {
        if (gates.enablement().enabled(siteId).contains(integratorId)) {
            return;
        }
        List<RegisteredRunTask> executing = endAll(
                request -> request.siteId().equals(siteId)
                        && request.integratorId().equals(integratorId),
                StopCause.DISABLED);
        stopRuns(executing, StopCause.DISABLED);
    }

    /** A Halo GUID is no longer this Link's. */
    public void siteClosed(UUID siteId) {
        stopRuns(endAll(request -> request.siteId().equals(siteId), StopCause.SUPERSEDED), StopCause.SUPERSEDED);
    }

    /** Ends registered queries; a run that waits goes, one that executes goes on. */
    private List<RegisteredRunTask> endAll(Predicate<RegisteredRequest> which, StopCause cause) {
        List<Registration> gone = new ArrayList<>();
        synchronized (this) {
            held.values().removeIf(registration -> which.test(registration.request()) && gone.add(registration));
            gone.forEach(numbers::gone);
        }
        List<RegisteredRunTask> executing = new ArrayList<>();
        for (Registration registration : gone) {
            RegisteredRunTask run = registration.running();
            if (run != null && !queue.remove(run.id())) {
                executing.add(run);
            }
            tellEnd(registration.request(), cause.failure());
        }
        return executing;
    }

    private static void stopRuns(List<RegisteredRunTask> executing, StopCause cause) {
        executing.forEach(run -> run.cancel().stop(cause));
    }

    private void tellEnd(RegisteredRequest request, QueryFailure failure) {
        outbox.put(
                new Frame.Ended(
                        request.queryId(), request.siteId(), request.integratorId(), QueryRequest.NO_REPLY_SLOT),
                OutcomeCodec.encode(Outcomes.failed(failure, 0)),
                false);
    }

    /** The bridge has a run. */
    public void acked(UUID runId) {
        runs.acked(runId);
    }

    /** Runs that no bridge has confirmed. */
    public List<Frame> unacked() {
        return runs.all();
    }

    /** Nobody is there any more to confirm them. */
    public void forgetUnacked() {
        runs.clear().forEach(outbox::acked);
    }

    /** Registered queries that are held. */
    public synchronized int held() {
        return held.size();
    }

    /** Runs that have not ended. */
    public synchronized int unfinished() {
        return unended.size();
    }

    /** Runs that were given up because of a bound. */
    public long dropped() {
        return runs.dropped();
    }

    /** Begins no run any more. */
    public void beginStop() {
        stopping = true;
    }

    /** Stops what still runs. */
    public void cancelRunning() {
        List<RegisteredRunTask> all;
        synchronized (this) {
            all = List.copyOf(unended.values());
        }
        stopRuns(all, StopCause.SHUTDOWN);
    }

    @Override
    public void close() {
        jobs.close();
    }
}
