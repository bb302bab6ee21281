package dev.halo.registry.config;

import dev.halo.protocol.site.Environment;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/**
 * Refuses to start where that would be unsafe: production with an issuer that anybody could be, or on the database of
 * the other environment.
 */
@ApplicationScoped
public class DeploymentGuard {

    private static final Logger LOG = Logger.getLogger(DeploymentGuard.class);

    private final RegistryConfig registry;
    private final Config config;
    private final DataSource database;

    public DeploymentGuard(RegistryConfig registry, Config config, DataSource database) {
        this.registry = registry;
        this.config = config;
        this.database = database;
    }

    void check(@Observes @Priority(1) StartupEvent event) throws SQLException {
        if (LaunchMode.current() == LaunchMode.NORMAL && !registry.allowLocalIssuer()) {
            problem(
                            registry.environment(),
                            config.getOptionalValue("quarkus.oidc.public-key", String.class),
                            config.getOptionalValue("quarkus.oidc.auth-server-url", String.class))
                    .ifPresent(problem -> {
                        throw new IllegalStateException(problem);
                    });
        }
        bindDatabase();
        LOG.infof("event=registryStarted environment=%s", registry.environment().wire());
    }

    /** Why production cannot start with this issuer; empty when it can. */
    static Optional<String> problem(Environment environment, Optional<String> publicKey, Optional<String> issuer) {
        if (environment != Environment.PRODUCTION) {
            return Optional.empty();
        }
        if (publicKey.isPresent()) {
            return Optional.of("quarkus.oidc.public-key is set: in production tokens come from an issuer, set"
                    + " quarkus.oidc.auth-server-url instead");
        }
        if (issuer.isEmpty()) {
            return Optional.of("quarkus.oidc.auth-server-url is not set: production needs an issuer of tokens");
        }
        if (!issuer.get().toLowerCase(Locale.ROOT).startsWith("https://")) {
            return Optional.of("quarkus.oidc.auth-server-url must begin with https:// in production");
        }
        return Optional.empty();
    }

    private void bindDatabase() throws SQLException {
        String ours = registry.environment().name();
        try (Connection connection = database.getConnection();
                PreparedStatement bind = connection.prepareStatement(
                        "insert into registry.deployment (environment) values (?) on conflict do nothing");
                PreparedStatement read = connection.prepareStatement("select environment from registry.deployment")) {
            bind.setString(1, ours);
            bind.executeUpdate();
            try (ResultSet bound = read.executeQuery()) {
                bound.next();
                if (!ours.equals(bound.getString(1))) {
                    throw new IllegalStateException("the database belongs to "
                            + bound.getString(1).toLowerCase(Locale.ROOT) + ", halo.registry.environment is "
                            + registry.environment().wire());
                }
            }
        }
    }
}
