package dev.halo.gateway.gate;

import dev.halo.gateway.access.Target;
import dev.halo.gateway.audit.AuditEntry;
import dev.halo.gateway.audit.QueryAudit;
import dev.halo.gateway.audit.RequestTrail;
import dev.halo.gateway.auth.BearerTokens;
import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.auth.CallerAddress;
import dev.halo.gateway.auth.Credential;
import dev.halo.gateway.auth.IssuerKeys;
import dev.halo.gateway.auth.Recognition;
import dev.halo.gateway.auth.SubscriptionKeys;
import dev.halo.gateway.config.BearerConfig;
import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.error.ErrorAnswers;
import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.limits.Limits;
import dev.halo.gateway.limits.QuotaVerdict;
import dev.halo.gateway.view.PmsKey;
import dev.halo.gateway.view.Views;
import dev.halo.protocol.access.FailureThrottle;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;

/**
 * Checks 1 to 4 of every request to the integrator API, before its path and body are looked at. On the way of a good
 * request it neither blocks nor leaves the thread.
 */
@ApplicationScoped
public class IntegratorGate {

    private static final Logger LOG = Logger.getLogger(IntegratorGate.class);
    private static final String BASE = "/integrator";
    private static final Duration LOADING = Duration.ofSeconds(2);

    private final Views views;
    private final SubscriptionKeys keys;
    private final BearerTokens tokens;
    private final IssuerKeys issuerKeys;
    private final CallerAddress addresses;
    private final FailureThrottle throttle;
    private final Limits limits;
    private final QueryAudit audit;
    private final MeterRegistry metrics;

    public IntegratorGate(
            Views views,
            GatewayConfig config,
            BearerConfig bearer,
            IssuerKeys issuerKeys,
            Limits limits,
            QueryAudit audit,
            MeterRegistry metrics) {
        this.views = views;
        this.keys = new SubscriptionKeys(views.integrators(), config.environment());
        this.tokens = new BearerTokens(views.integrators(), BearerTokens.Terms.of(bearer), issuerKeys::key);
        this.issuerKeys = issuerKeys;
        this.addresses = new CallerAddress(config.trustedProxies().orElse(List.of()));
        this.throttle = new FailureThrottle(
                config.authentication().failuresPerMinute(),
                Duration.ofMinutes(1),
                config.authentication().trackedAddresses(),
                System::nanoTime);
        this.limits = limits;
        this.audit = audit;
        this.metrics = metrics;
    }

    /** A request on its way through the checks. */
    private record Visit(
            ResteasyReactiveContainerRequestContext context,
            HttpServerRequest request,
            byte[] address,
            RequestTrail trail) {

        void refuse(Refusal refusal, String check) {
            trail.refusedBy(check);
            context.abortWith(ErrorAnswers.of(refusal));
        }
    }

    /** Lets a request pass, ends it, or suspends it until the views have caught up or a quota is known. */
    void check(ResteasyReactiveContainerRequestContext context) {
        String path = context.getUriInfo().getPath();
        if (!path.equals(BASE) && !path.startsWith(BASE + "/")) {
            return;
        }
        if (!views.isLoaded()) {
            context.abortWith(ErrorAnswers.of(Refusal.unavailable("The gateway is still starting.", LOADING)));
            return;
        }
        Visit visit = arrived(context, path);
        Credential credential = credentialOf(context);
        Recognition recognition = recognise(credential);
        if (recognition instanceof Recognition.Rejected) {
            visit.trail.notRecognised(kindOf(credential), secretOf(credential));
            Optional<Duration> blocked = throttle.blockedFor(visit.address);
            if (blocked.isPresent()) {
                metrics.counter("halo.gateway.refused", "check", "throttle").increment();
                visit.refuse(
                        Refusal.tooMany(
                                "Too many requests without a valid subscription key came from this address.",
                                blocked.get()),
                        "throttle");
                return;
            }
        }
        if (isFinal(recognition, visit.address)) {
            CompletionStage<Void> rest = conclude(visit, recognition);
            if (rest != null) {
                context.suspend();
                resumeAfter(rest, visit);
            }
            return;
        }
        context.suspend();
        resumeAfter(
                fresh(credential).thenCompose(caughtUp -> {
                    CompletionStage<Void> rest = conclude(visit, recognise(credential));
                    return rest == null ? CompletableFuture.completedFuture(null) : rest;
                }),
                visit);
    }

    private static void resumeAfter(CompletionStage<Void> rest, Visit visit) {
        rest.whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.error("event=gateFault", failure);
                visit.refuse(Refusal.of(Reason.INTERNAL, "Something went wrong here."), "fault");
            }
            visit.context.resume();
        });
    }

    private CompletionStage<Void> fresh(Credential credential) {
        return credential instanceof Credential.BearerToken
                ? inThisContext(issuerKeys.refresh()).thenCompose(done -> views.catchUp())
                : views.catchUp();
    }

    private Visit arrived(ResteasyReactiveContainerRequestContext context, String path) {
        ResteasyReactiveRequestContext server = (ResteasyReactiveRequestContext) context.getServerRequestContext();
        HttpServerRequest request = server.unwrap(HttpServerRequest.class);
        String connection = request.connection().remoteAddress().hostAddress();
        String forwarded = context.getHeaderString("X-Forwarded-For");
        byte[] address = addresses.of(connection, forwarded);
        RequestTrail trail =
                new RequestTrail(audit.now(), context.getMethod(), address, Target.of(context.getMethod(), path));
        trail.leaveOn(context);
        server.unwrap(RoutingContext.class).addEndHandler(end -> {
            AuditEntry entry =
                    trail.over(end.succeeded() ? (Integer) request.response().getStatusCode() : null);
            if (entry != null) {
                audit.add(entry);
            }
        });
        return new Visit(context, request, address, trail);
    }

    private Recognition recognise(Credential credential) {
        return credential instanceof Credential.BearerToken token
                ? tokens.recognise(token)
                : keys.recognise(credential);
    }

    private static boolean isFinal(Recognition recognition, byte[] address) {
        return recognition instanceof Recognition.Recognised recognised
                ? recognised.admits().test(address)
                : ((Recognition.Rejected) recognition).settled();
    }

    /** @return null if all is said, else when it will be */
    private CompletionStage<Void> conclude(Visit visit, Recognition recognition) {
        if (recognition instanceof Recognition.Rejected rejected) {
            throttle.failed(visit.address);
            metrics.counter("halo.gateway.refused", "check", "key").increment();
            visit.refuse(Refusal.of(Reason.UNAUTHENTICATED, rejected.message()), "credential");
            return null;
        }
        Recognition.Recognised recognised = (Recognition.Recognised) recognition;
        Caller caller = recognised.caller();
        visit.trail.recognised(caller.integratorId());
        if (!recognised.admits().test(visit.address)) {
            metrics.counter("halo.gateway.refused", "check", "address").increment();
            visit.refuse(Refusal.forbidden("Caller Ip Not Allowed"), "address");
            return null;
        }
        Target target = visit.trail.target();
        PmsKey practice = target.siteId() == null ? null : practiceOf(target);
        Refusal tooMany = limits.rate(caller, practice, visit.request.response());
        if (tooMany != null) {
            visit.refuse(tooMany, "rate");
            return null;
        }
        caller.leaveOn(visit.context);
        QuotaVerdict verdict = limits.quota(caller, practice, target.kind());
        if (verdict instanceof QuotaVerdict.Later later) {
            return inThisContext(later.verdict()).thenAccept(known -> apply(visit, known));
        }
        apply(visit, verdict);
        return null;
    }

    private PmsKey practiceOf(Target target) {
        return views.sites()
                .visible(target.siteId())
                .map(site -> new PmsKey(site.pmsType(), site.pmsId()))
                .orElse(null);
    }

    private static void apply(Visit visit, QuotaVerdict verdict) {
        if (verdict instanceof QuotaVerdict.Refused refused) {
            visit.refuse(refused.refusal(), refused.check());
        } else if (verdict instanceof QuotaVerdict.Admitted admitted) {
            if (visit.trail.target().costs()) {
                // What asks a query or gives rows and has no ticket is answered 404: its path only looked different.
                admitted.ticket().leaveOn(visit.context);
            }
            ((ResteasyReactiveRequestContext) visit.context.getServerRequestContext())
                    .unwrap(RoutingContext.class)
                    .addEndHandler(end -> admitted.ticket().close());
            if (visit.request.response().closed()) {
                // The caller has hung up while its quota was looked up: nothing tells of that end any more.
                admitted.ticket().close();
                visit.refuse(Refusal.unavailable("The caller has hung up.", LOADING), "abandoned");
            }
        }
    }

    /** The request goes on in its own thread, not in that of the database or of the issuer. */
    private static <T> CompletionStage<T> inThisContext(CompletionStage<T> stage) {
        Context caller = Vertx.currentContext();
        if (caller == null) {
            return stage;
        }
        CompletableFuture<T> here = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> caller.runOnContext(unused -> {
            if (failure == null) {
                here.complete(value);
            } else {
                here.completeExceptionally(failure);
            }
        }));
        return here;
    }

    private static Credential credentialOf(ResteasyReactiveContainerRequestContext context) {
        String key = context.getHeaderString(SubscriptionKeys.HEADER);
        if (key != null) {
            return new Credential.SubscriptionKey(key);
        }
        Credential token = BearerTokens.credential(context.getHeaderString(BearerTokens.HEADER));
        return token == null ? new Credential.None() : token;
    }

    private static String kindOf(Credential credential) {
        if (credential instanceof Credential.SubscriptionKey key) {
            return SubscriptionKeys.kindOf(key.text());
        }
        return credential instanceof Credential.BearerToken ? "token:" : "none";
    }

    private static String secretOf(Credential credential) {
        if (credential instanceof Credential.SubscriptionKey key) {
            return key.text();
        }
        return credential instanceof Credential.BearerToken token ? token.text() : null;
    }
}
