package dev.halo.gateway.auth;

import dev.halo.gateway.config.AdminConfig;
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
    private final Config config;

    public IssuerGuard(GatewayConfig gateway, AdminConfig admin, Config config) {
        this.environment = gateway.environment();
        this.admin = admin;
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
        boolean secure = issuer.filter(url -> url.toLowerCase(Locale.ROOT).startsWith("https://"))
                .isPresent();
        return secure
                ? Optional.empty()
                : Optional.of("quarkus.oidc.auth-server-url must be set and begin with https:// in production");
    }
}
