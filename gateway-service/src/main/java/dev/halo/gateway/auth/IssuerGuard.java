package dev.halo.gateway.auth;

import dev.halo.gateway.config.AdminConfig;
import dev.halo.gateway.config.BearerConfig;
import dev.halo.gateway.config.GatewayConfig;
import dev.halo.protocol.site.Environment;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/** Refuses to start production with an issuer of operators' tokens that anybody could be. */
@ApplicationScoped
public class IssuerGuard {

    private final Environment environment;
    private final AdminConfig admin;
    private final BearerConfig bearer;
    private final Config config;

    public IssuerGuard(GatewayConfig gateway, AdminConfig admin, BearerConfig bearer, Config config) {
        this.environment = gateway.environment();
        this.admin = admin;
        this.bearer = bearer;
        this.config = config;
    }

    void check(@Observes @Priority(1) StartupEvent event) {
        if (LaunchMode.current() == LaunchMode.NORMAL && admin.enabled() && !admin.allowLocalIssuer()) {
            problem(
                            environment,
                            config.getOptionalValue("quarkus.oidc.public-key", String.class),
                            config.getOptionalValue("quarkus.oidc.auth-server-url", String.class))
                    .ifPresent(problem -> {
                        throw new IllegalStateException(problem);
                    });
        }
        if (LaunchMode.current() == LaunchMode.NORMAL && bearer.issuer().isPresent() && !admin.allowLocalIssuer()) {
            bearerProblem(environment, bearer.publicKey(), bearer.issuer(), bearer.keysUrl())
                    .ifPresent(problem -> {
                        throw new IllegalStateException(problem);
                    });
        }
    }

    /**
     * Why integrators' tokens cannot be taken with this issuer; empty when they can.
     *
     * @param keysUrl empty: below the issuer
     */
    static Optional<String> bearerProblem(
            Environment environment, Optional<String> publicKey, Optional<String> issuer, Optional<String> keysUrl) {
        if (environment != Environment.PRODUCTION) {
            return Optional.empty();
        }
        if (publicKey.isPresent()) {
            return Optional.of("halo.gateway.bearer.public-key is set: in production the keys come from the issuer");
        }
        return isSecure(issuer) && (keysUrl.isEmpty() || isSecure(keysUrl))
                ? Optional.empty()
                : Optional.of("halo.gateway.bearer.issuer and keys-url must begin with https:// in production");
    }

    private static boolean isSecure(Optional<String> url) {
        return url.filter(text -> text.toLowerCase(Locale.ROOT).startsWith("https://"))
                .isPresent();
    }

    /** Why the admin API cannot be served with this issuer; empty when it can. */
    static Optional<String> problem(Environment environment, Optional<String> publicKey, Optional<String> issuer) {
        if (environment != Environment.PRODUCTION) {
            return Optional.empty();
        }
        if (publicKey.isPresent()) {
            return Optional.of("quarkus.oidc.public-key is set: in production tokens come from an issuer, set"
                    + " quarkus.oidc.auth-server-url instead");
        }
        return isSecure(issuer)
                ? Optional.empty()
                : Optional.of("quarkus.oidc.auth-server-url must be set and begin with https:// in production");
    }
}
