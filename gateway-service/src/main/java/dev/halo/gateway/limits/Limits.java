package dev.halo.gateway.limits;

import dev.halo.gateway.access.Target;
import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.config.LimitsConfig;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.kafka.Messaging;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.view.PmsKey;
import dev.halo.protocol.site.Environment;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Checks 3 and 4 of the integrator API: rates and daily quotas. Where there are none, as on stage, what is used is counted all
 * the same, for integrators to see.
 */
@ApplicationScoped
public class Limits {

    private static final Logger LOG = Logger.getLogger(Limits.class);
    private static final Duration UNKNOWN_RETRY = Duration.ofSeconds(2);
    private static final int KEPT_DAYS = 8;

    /** How often the live gateways are counted, and what is no longer needed is forgotten. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final boolean enforced;
    private final Tier defaultTier;
    private final Map<String, Tier> tiers;
    private final RateLimiter rates;
    private final QuotaLedger ledger;
    private final PgQuotaStore quotas;
    private final LimitsConfig config;
    private final Messaging messaging;
    private final Store store;
    private final MeterRegistry metrics;
    private final Map<String, Boolean> unknownTiers = new ConcurrentHashMap<>();
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "limits");
        thread.setDaemon(true);
        return thread;
    });
    private volatile int gateways = 1;
    private volatile CompletionStage<Void> writing;
    private LocalDate forgotten;

    public Limits(
            LimitsConfig config,
            GatewayConfig gateway,
            Messaging messaging,
            Store store,
            Clock clock,
            MeterRegistry metrics) {
        this.config = config;
        this.enforced = gateway.environment() == Environment.PRODUCTION || config.onStage();
        this.defaultTier = enforced ? Tier.of(config.defaultTier()) : Tier.WITHOUT_LIMITS;
        this.tiers = config.tiers().entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, tier -> Tier.of(tier.getValue())));
        this.rates = new RateLimiter(config.maxTracked(), System::nanoTime);
        this.quotas = new PgQuotaStore(store, config.ledger().storeTimeout());
        this.ledger = new QuotaLedger(
                quotas,
                QuotaLedger.Settings.of(gateway.slot(), config.ledger()),
                new QuotaDay.Calendar(clock, config.zone()),
                System::nanoTime);
        this.messaging = messaging;
        this.store = store;
        this.metrics = metrics;
        metrics.gauge("halo.gateway.limits.rates", rates, RateLimiter::tracked);
        metrics.gauge("halo.gateway.limits.accounts", ledger, QuotaLedger::accounts);
        metrics.gauge("halo.gateway.limits.store.away", ledger, one -> one.isAway() ? 1 : 0);
        FunctionCounter.builder("halo.gateway.limits.overflow", ledger, QuotaLedger::notCounted)
                .description("Requests for which there was no room to count")
                .register(metrics);
    }

    void start(@Observes StartupEvent event) {
        worker.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
        long interval = config.ledger().interval().toMillis();
        worker.scheduleWithFixedDelay(this::write, interval, interval, TimeUnit.MILLISECONDS);
    }

    /** Gives back what this gateway has taken ahead, once what it is saying is said. */
    void stop(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) ShutdownEvent event) {
        worker.shutdownNow();
        try {
            ledger.release()
                    .toCompletableFuture()
                    .orTimeout(2 * config.ledger().storeTimeout().toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            LOG.warnf(
                    "event=quotasNotGivenBack error=%s", e.getCause().getClass().getSimpleName());
        }
    }

    /** Whether there are limits here. */
    public boolean areEnforced() {
        return enforced;
    }

    /** What an integrator may do here; of no use where nothing is enforced. */
    Tier tierOf(String name) {
        if (!enforced || name == null) {
            return defaultTier;
        }
        Tier tier = tiers.get(name);
        if (tier == null) {
            if (unknownTiers.size() < config.tiers().size() + 100 && unknownTiers.put(name, true) == null) {
                LOG.warnf("event=tierUnknown tier=%s", name);
            }
            return defaultTier;
        }
        return tier;
    }

    /**
     * Check 3: counts a request and says with headers how it stands.
     *
     * @param practice null where it concerns none
     * @return null if it may go on, else the 429
     */
    public Refusal rate(Caller caller, PmsKey practice, HttpServerResponse response) {
        if (!enforced) {
            return null;
        }
        RateLimiter.Verdict verdict = rates.admit(caller.integratorId(), practice, tierOf(caller.tier()), gateways);
        response.putHeader("RateLimit-Limit", Long.toString(verdict.limit()));
        response.putHeader("RateLimit-Remaining", Long.toString(verdict.remaining()));
        response.putHeader("RateLimit-Reset", Long.toString((verdict.reset().toMillis() + 999) / 1000));
        if (verdict.isAdmitted()) {
            return null;
        }
        metrics.counter("halo.gateway.refused", "check", "rate").increment();
        return Refusal.tooMany(
                "Too many requests: the rate limit of this subscription is reached. Retry-After says when to go on.",
                verdict.retryAfter());
    }

    /**
     * Check 4: both quotas for a query, the one of bytes for its rows. What uses up neither, as the status of a query and
     * its end, is not refused for want of them.
     *
     * @param practice null where there is none: that is for a later check to say
     * @return null where no quota is concerned
     */
    public QuotaVerdict quota(Caller caller, PmsKey practice, Target.Kind kind) {
        boolean isQuery = kind.isQuery();
        if (kind == Target.Kind.OTHER || kind == Target.Kind.READING) {
            return null;
        }
        if (practice == null) {
            return new QuotaVerdict.Admitted(QuotaTicket.OF_NOTHING);
        }
        Tier tier = tierOf(caller.tier());
        return verdict(
                isQuery
                        ? ledger.query(caller.integratorId(), practice, tier)
                        : ledger.results(caller.integratorId(), practice, tier));
    }

    private QuotaVerdict verdict(Grant grant) {
        if (grant instanceof Grant.Given given) {
            return new QuotaVerdict.Admitted(given.ticket());
        }
        if (grant instanceof Grant.Exhausted exhausted) {
            boolean queries = exhausted.what() == Grant.What.QUERIES;
            metrics.counter("halo.gateway.refused", "check", queries ? "queryQuota" : "byteQuota")
                    .increment();
            String quota = queries
                    ? "The daily quota of " + exhausted.limit() + " queries"
                    : "The daily bandwidth quota of " + exhausted.limit() + " bytes of results";
            return new QuotaVerdict.Refused(
                    Refusal.forbidden(quota + " of this integrator at this practice is used up. It resets at "
                            + exhausted.day().resetText() + "."),
                    queries ? "queryQuota" : "byteQuota");
        }
        if (grant instanceof Grant.Later later) {
            return new QuotaVerdict.Later(later.grant().thenApply(this::verdict));
        }
        metrics.counter("halo.gateway.refused", "check", "quotaUnknown").increment();
        return new QuotaVerdict.Refused(
                Refusal.unavailable(
                        "What is left of the daily quota cannot be told now; this was not attempted.", UNKNOWN_RETRY),
                "quotaUnknown");
    }

    QuotaLedger ledger() {
        return ledger;
    }

    PgQuotaStore quotas() {
        return quotas;
    }

    private void look() {
        try {
            gateways = messaging.liveGateways();
            rates.forget();
        } catch (RuntimeException e) {
            LOG.error("event=limitsFault", e);
        }
    }

    private void write() {
        try {
            if (!store.isReady()
                    || writing != null && !writing.toCompletableFuture().isDone()) {
                return;
            }
            writing = ledger.write();
            LocalDate today = ledger.today().date();
            if (!today.equals(forgotten)) {
                forgotten = today;
                quotas.forget(today.minusDays(KEPT_DAYS));
            }
        } catch (RuntimeException e) {
            LOG.error("event=limitsFault", e);
        }
    }
}
