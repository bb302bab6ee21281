package dev.halo.link.start;

import dev.halo.link.audit.AuditLog;
import dev.halo.link.config.CloudUrls;
import dev.halo.link.config.LinkConfig;
import dev.halo.link.config.LinkPaths;
import dev.halo.link.enablement.EnablementService;
import dev.halo.link.enablement.EnablementStore;
import dev.halo.link.enrolment.Announcer;
import dev.halo.link.enrolment.Enrolment;
import dev.halo.link.enrolment.LinkClock;
import dev.halo.link.execution.StatementRunner;
import dev.halo.link.firebird.Discovery;
import dev.halo.link.firebird.SiteDatabase;
import dev.halo.link.identity.CredentialStore;
import dev.halo.link.identity.DataDirectory;
import dev.halo.link.identity.KeyFile;
import dev.halo.link.identity.SealedFile;
import dev.halo.link.identity.SiteBindings;
import dev.halo.link.identity.StartCounter;
import dev.halo.link.journal.JournalDirectory;
import dev.halo.link.journal.WriteJournal;
import dev.halo.link.query.AuthorityBook;
import dev.halo.link.query.JobThreads;
import dev.halo.link.query.Outbox;
import dev.halo.link.query.QueryMetrics;
import dev.halo.link.query.QueryService;
import dev.halo.link.query.QueryTracing;
import dev.halo.link.query.Reports;
import dev.halo.link.query.StatementExecution;
import dev.halo.link.query.StatementJobs;
import dev.halo.link.queue.FairQueue;
import dev.halo.link.registered.RegisteredQueries;
import dev.halo.link.session.BridgeSession;
import dev.halo.link.session.LinkSessionHandler;
import dev.halo.link.session.SessionMetrics;
import dev.halo.link.site.DatabaseGuard;
import dev.halo.link.site.SiteDirectory;
import dev.halo.link.site.SiteWatch;
import dev.halo.link.upload.GatewayClient;
import dev.halo.link.upload.PageUploader;
import dev.halo.link.upload.ResultUploader;
import dev.halo.link.upload.Spool;
import dev.halo.link.upload.Uplink;
import dev.halo.protocol.site.Environment;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.crypto.SecretKey;
import org.jboss.logging.Logger;

/**
 * The whole Link, put together. It starts whatever is missing round it - INI, databases, cloud, enrolment - and says why;
 * only its own files must be usable.
 */
public final class Link implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Link.class);
    private static final long HOUSEKEEPING_MILLIS = 25;
    private static final Duration ACK_GRACE = Duration.ofSeconds(2);

    private final LinkConfigs configs;
    private final DataDirectory dataDirectory;
    private final LinkClock clock;
    private final CredentialStore credentials;
    private final SiteDirectory sites = new SiteDirectory();
    private final AuthorityBook authority = new AuthorityBook();
    private final Discovery discovery;
    private final SiteWatch watch;
    private final EnablementService enablement;
    private final WriteJournal journal;
    private final AuditLog audit;
    private final Outbox outbox;
    private final FairQueue queue;
    private final Spool spool;
    private final PageUploader pages;
    private final StatementJobs jobs;
    private final QueryService queries;
    private final RegisteredQueries registered;
    private final Announcer announcer;
    private final Enrolment enrolment;
    private final BridgeSession session;
    private final ScheduledExecutorService housekeeping;
    private final CompletableFuture<Void> looked = new CompletableFuture<>();

    /** @throws dev.halo.link.identity.DataDirectoryException if the Link's own files cannot be used */
    public Link(LinkConfigs configs, Databases databases, MeterRegistry meters, OpenTelemetry telemetry, Vertx vertx) {
        this.configs = configs;
        LinkConfig config = configs.link();
        CloudUrls urls = CloudUrls.of(config);
        if (config.environment() == Environment.PRODUCTION
                && !config.simulatedClockOffset().isZero()) {
            throw new IllegalArgumentException("halo.link.simulated-clock-offset must be PT0S in production");
        }
        InstantSource machine = Clock.offset(Clock.systemUTC(), config.simulatedClockOffset());
        this.clock = new LinkClock(machine, config.clockWarning());
        this.dataDirectory = DataDirectory.open(LinkPaths.dataDir(config.dataDir()));
        SecretKey key = key(config);
        this.credentials = new CredentialStore(sealed(CredentialStore.FILE, key));
        SiteBindings bindings = new SiteBindings(dataDirectory.path(), UUID::randomUUID);
        this.journal = JournalDirectory.open(dataDirectory.subdirectory("journal"), Clock.systemUTC());
        this.audit = new AuditLog(dataDirectory.subdirectory("audit"), configs.audit());
        this.discovery = databases.discovery();
        this.watch = new SiteWatch(config, configs.zedmed(), discovery, bindings, sites);
        StatementRunner runner = databases.runner(new DatabaseGuard(sites, watch));
        this.enablement = new EnablementService(
                sites, new EnablementStore(sealed(EnablementStore.FILE, key)), databases.access());
        this.outbox = new Outbox(journal, configs.query(), System::nanoTime);
        this.queue = new FairQueue(
                configs.queue(), configs.query().threads(), configs.query().backgroundThreads(), System::nanoTime);
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(config.registry().timeout())
                .build();
        this.spool = new Spool(
                dataDirectory.subdirectory("spool"),
                configs.upload().spool().maxBytes().asLongValue());
        GatewayClient gateway = new GatewayClient(http, urls, credentials);
        Uplink uplink = new Uplink(configs.upload(), outbox::isDelivering, System::nanoTime);
        ResultUploader uploader =
                new ResultUploader(gateway, uplink, configs.query().uploadTimeout());
        this.pages = new PageUploader(spool, configs.upload(), gateway, uplink);
        StatementExecution execution = new StatementExecution(
                runner,
                enablement,
                new StatementExecution.Records(journal, audit),
                new StatementExecution.Observation(new QueryMetrics(meters), new QueryTracing(telemetry)),
                databases::limits,
                clock);
        JobThreads threads = new JobThreads(configs.query());
        this.jobs = new StatementJobs(execution, new StatementJobs.Deliveries(uploader, pages), threads);
        QueryService.Gates gates = new QueryService.Gates(sites, authority, enablement);
        Function<SiteDatabase, String> hostOf = database -> databases.server(database.location());
        Reports reports = new Reports();
        this.queries = new QueryService(
                gates,
                journal,
                outbox,
                queue,
                jobs,
                reports,
                new QueryService.Bounds(configs.queue(), configs.query()),
                hostOf);
        this.registered = new RegisteredQueries(
                configs.registered(),
                gates,
                queries,
                new RegisteredQueries.Delivery(outbox, reports, uploader),
                new RegisteredQueries.Execution(execution, threads, queue),
                StartCounter.next(dataDirectory.path()),
                hostOf,
                System::nanoTime);
        this.announcer = new Announcer(
                config.version(), configs.zedmed(), sites, enablement, bindings, authority, watch::lookSoon);
        this.enrolment = new Enrolment(config, urls, http, credentials, announcer, clock);
        this.session = new BridgeSession(
                configs.session(),
                urls,
                credentials,
                new LinkSessionHandler(
                        config, configs.queue(), clock, enrolment, gates, queries, registered, outbox, journal),
                outbox,
                reports,
                clock,
                new SessionMetrics(meters),
                vertx);
        this.housekeeping = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "link-housekeeping");
            thread.setDaemon(true);
            return thread;
        });
        LinkGauges.register(this, pages, outbox, meters);
    }

    private SecretKey key(LinkConfig config) {
        Path path = LinkPaths.keyFile(config.keyFile());
        boolean anythingSealed = Files.exists(dataDirectory.path().resolve(CredentialStore.FILE))
                || Files.exists(dataDirectory.path().resolve(EnablementStore.FILE));
        return KeyFile.open(path, dataDirectory, anythingSealed);
    }

    private SealedFile sealed(String name, SecretKey key) {
        return new SealedFile(dataDirectory.path().resolve(name), key);
    }

    /** Begins to work; returns at once. */
    public void start() {
        sites.addListener(new SiteDirectory.Listener() {
            @Override
            public void sitesChanged() {
                enrolment.announceSoon();
                session.creditsChanged();
            }

            @Override
            public void siteClosed(UUID siteId) {
                registered.siteClosed(siteId);
                queries.siteClosed(siteId);
            }
        });
        enablement.addListener(new EnablementService.Listener() {
            @Override
            public void disabled(UUID siteId, UUID integratorId) {
                registered.disabled(siteId, integratorId);
                queries.disabled(siteId, integratorId);
            }

            @Override
            public void enablementChanged() {
                enrolment.announceSoon();
            }
        });
        watch.afterLook(() -> {
            enablement.lookAtAll();
            enrolment.announceSoon();
            looked.complete(null);
        });
        enrolment.onIdentity(session::connectSoon);
        enrolment.onLeft(this::identityGone);
        housekeeping.scheduleWithFixedDelay(
                () -> guarded(this::keepHouse), HOUSEKEEPING_MILLIS, HOUSEKEEPING_MILLIS, TimeUnit.MILLISECONDS);
        long repeatMillis = Math.max(1, configs.query().repeatProgress().toMillis());
        housekeeping.scheduleWithFixedDelay(
                () -> guarded(queries::repeatProgress), repeatMillis, repeatMillis, TimeUnit.MILLISECONDS);
        watch.start();
        enrolment.start();
        LOG.infof(
                "event=link_started environment=%s data_dir=%s journal=%s",
                configs.link().environment().wire(), dataDirectory.path(), journal.journalId());
    }

    /** What was not confirmed is for a Link that is no more. */
    private void identityGone() {
        authority.replace(List.of());
        session.identityGone();
        outbox.all().forEach(outcome -> outbox.acked(outcome.frame().queryId()));
        registered.forgetUnacked();
    }

    private void keepHouse() {
        queue.expire();
        registered.tick();
    }

    /** A fault must not end the timer with all that depends on it. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.errorf("event=housekeeping_broken kind=%s", e.getClass().getName());
        }
    }

    /** Completes when every installation has been looked at once. */
    public CompletionStage<Void> looked() {
        return looked.minimalCompletionStage();
    }

    public LinkConfigs configs() {
        return configs;
    }

    public DataDirectory dataDirectory() {
        return dataDirectory;
    }

    public LinkClock clock() {
        return clock;
    }

    public CredentialStore credentials() {
        return credentials;
    }

    public SiteDirectory sites() {
        return sites;
    }

    public SiteWatch watch() {
        return watch;
    }

    public AuthorityBook authority() {
        return authority;
    }

    public EnablementService enablement() {
        return enablement;
    }

    public Enrolment enrolment() {
        return enrolment;
    }

    public Announcer announcer() {
        return announcer;
    }

    public BridgeSession session() {
        return session;
    }

    public WriteJournal journal() {
        return journal;
    }

    public AuditLog audit() {
        return audit;
    }

    /** The queries that have not ended. */
    public QueryService queries() {
        return queries;
    }

    /** The registered queries that it holds. */
    public RegisteredQueries registered() {
        return registered;
    }

    /** The pages of asyncs that wait on disk. */
    public Spool spool() {
        return spool;
    }

    /** Queries that wait and that run. */
    public FairQueue queue() {
        return queue;
    }

    /** Ends what waits, lets what runs finish for a while, delivers the outcomes, says goodbye. */
    @Override
    public void close() {
        LOG.info("event=link_stopping");
        registered.beginStop();
        queries.beginStop();
        awaitUntil(this::isIdle, configs.link().stopGrace());
        registered.cancelRunning();
        queries.cancelRunning();
        awaitUntil(
                () -> isIdle()
                        && (registered.unacked().isEmpty() || !session.state().isOpen())
                        && (outbox.isEmpty() || !session.state().isOpen()),
                ACK_GRACE);
        session.close();
        enrolment.close();
        watch.close();
        housekeeping.shutdownNow();
        registered.close();
        jobs.close();
        discovery.close();
        audit.close();
        journal.close();
        dataDirectory.close();
        LOG.info("event=link_stopped");
    }

    private boolean isIdle() {
        return queries.unfinished() == 0 && registered.unfinished() == 0;
    }

    private static void awaitUntil(BooleanSupplier done, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            while (!done.getAsBoolean() && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(HOUSEKEEPING_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
