package dev.halo.gateway.auth;

import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.error.ErrorAnswers;
import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.view.Views;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;

/**
 * Checks 1 and 2 of every request to the integrator API, before its path and body are looked at. On the way of a good
 * request it neither blocks nor leaves the thread.
 */
@ApplicationScoped
public class IntegratorGate {

    private static final String BASE = "/integrator";
    private static final Duration LOADING = Duration.ofSeconds(2);

    private final Views views;
    private final SubscriptionKeys keys;
    private final CallerAddress addresses;
    private final FailureThrottle throttle;
    private final MeterRegistry metrics;

    public IntegratorGate(Views views, GatewayConfig config, MeterRegistry metrics) {
        this.views = views;
        this.keys = new SubscriptionKeys(views.integrators(), config.environment());
        this.addresses = new CallerAddress(config.trustedProxies().orElse(List.of()));
        this.throttle = new FailureThrottle(
                config.authentication().failuresPerMinute(),
                config.authentication().trackedAddresses(),
                System::nanoTime);
        this.metrics = metrics;
    }

    /** Lets a request pass, ends it, or suspends it until the views have caught up. */
    void check(ResteasyReactiveContainerRequestContext context) {
        String path = context.getUriInfo().getPath();
        if (!path.equals(BASE) && !path.startsWith(BASE + "/")) {
            return;
        }
        if (!views.isLoaded()) {
            context.abortWith(ErrorAnswers.of(Refusal.unavailable("The gateway is still starting.", LOADING)));
            return;
        }
        byte[] address = addressOf(context);
        Recognition recognition = keys.recognise(credentialOf(context));
        if (recognition instanceof Recognition.Rejected) {
            Optional<Duration> blocked = throttle.blockedFor(address);
            if (blocked.isPresent()) {
                context.abortWith(ErrorAnswers.of(Refusal.tooMany(
                        "Too many requests without a valid subscription key came from this address.", blocked.get())));
                return;
            }
        }
        if (isFinal(recognition, address)) {
            conclude(context, recognition, address);
            return;
        }
        context.suspend();
        views.catchUp().whenComplete((caughtUp, failure) -> {
            conclude(context, keys.recognise(credentialOf(context)), address);
            context.resume();
        });
    }

    private static boolean isFinal(Recognition recognition, byte[] address) {
        return recognition instanceof Recognition.Recognised recognised
                ? recognised.admits().test(address)
                : ((Recognition.Rejected) recognition).settled();
    }

    private void conclude(ResteasyReactiveContainerRequestContext context, Recognition recognition, byte[] address) {
        if (recognition instanceof Recognition.Recognised recognised) {
            if (recognised.admits().test(address)) {
                recognised.caller().leaveOn(context);
            } else {
                metrics.counter("halo.gateway.refused", "check", "address").increment();
                context.abortWith(ErrorAnswers.of(Refusal.forbidden("Caller Ip Not Allowed")));
            }
            return;
        }
        throttle.failed(address);
        metrics.counter("halo.gateway.refused", "check", "key").increment();
        context.abortWith(
                ErrorAnswers.of(Refusal.of(Reason.UNAUTHENTICATED, ((Recognition.Rejected) recognition).message())));
    }

    private static Credential credentialOf(ResteasyReactiveContainerRequestContext context) {
        String key = context.getHeaderString(SubscriptionKeys.HEADER);
        return key == null ? new Credential.None() : new Credential.SubscriptionKey(key);
    }

    private byte[] addressOf(ResteasyReactiveContainerRequestContext context) {
        HttpServerRequest request =
                ((ResteasyReactiveRequestContext) context.getServerRequestContext()).unwrap(HttpServerRequest.class);
        return addresses.of(
                request.connection().remoteAddress().hostAddress(), context.getHeaderString("X-Forwarded-For"));
    }
}
