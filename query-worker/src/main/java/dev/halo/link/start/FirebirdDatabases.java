package dev.halo.link.start;

import dev.halo.link.config.AccessConfig;
import dev.halo.link.config.DiscoveryConfig;
import dev.halo.link.enablement.FirebirdIntegratorAccess;
import dev.halo.link.enablement.IntegratorAccess;
import dev.halo.link.execution.ExecutionConfig;
import dev.halo.link.execution.ExecutionLimits;
import dev.halo.link.execution.QueryEngine;
import dev.halo.link.execution.StatementRunner;
import dev.halo.link.firebird.DatabaseLocation;
import dev.halo.link.firebird.Discovery;
import dev.halo.link.firebird.FirebirdConfig;
import dev.halo.link.firebird.FirebirdDiscovery;
import dev.halo.link.firebird.Login;
import dev.halo.link.firebird.ProbeConfig;
import dev.halo.link.firebird.ProbeResult;
import dev.halo.link.firebird.SiteGuard;
import dev.halo.protocol.query.QueryMode;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The practice's databases on their real Firebird. */
@Singleton
class FirebirdDatabases implements Databases {

    private static final Logger LOG = Logger.getLogger(FirebirdDatabases.class);

    private final FirebirdConfig firebird;
    private final ProbeConfig probes;
    private final ExecutionConfig execution;
    private final DiscoveryConfig discovery;
    private final AccessConfig access;

    FirebirdDatabases(
            FirebirdConfig firebird,
            ProbeConfig probes,
            ExecutionConfig execution,
            DiscoveryConfig discovery,
            AccessConfig access) {
        this.firebird = firebird;
        this.probes = probes;
        this.execution = execution;
        this.discovery = discovery;
        this.access = access;
    }

    @Override
    public Discovery discovery() {
        Optional<String> password = discovery.password().or(this::fromFile);
        return password.<Discovery>map(
                        secret -> new FirebirdDiscovery(firebird, probes, Login.of(discovery.user(), secret)))
                .orElseGet(NoPassword::new);
    }

    private Optional<String> fromFile() {
        return discovery.passwordFile().flatMap(file -> {
            try {
                return Optional.of(Files.readString(file).strip());
            } catch (IOException e) {
                LOG.errorf("event=discovery_password_unreadable file=%s", file);
                return Optional.empty();
            }
        });
    }

    @Override
    public IntegratorAccess access() {
        return new FirebirdIntegratorAccess(firebird, access.vendorRole());
    }

    @Override
    public StatementRunner runner(SiteGuard guard) {
        return new QueryEngine(firebird, execution, guard);
    }

    @Override
    public ExecutionLimits limits(QueryMode mode) {
        return ExecutionLimits.of(mode, execution);
    }

    @Override
    public String server(DatabaseLocation location) {
        return location.server(firebird.defaultPort());
    }

    /** Without a password nothing can be looked at, which is reported like any other trouble with a database. */
    private static final class NoPassword implements Discovery {

        private static final ProbeResult REFUSED = new ProbeResult.Failed(
                ProbeResult.Problem.LOGIN_REFUSED,
                "no password of the discovery user is configured (halo.link.discovery.password)");

        @Override
        public ProbeResult probe(DatabaseLocation location) {
            return REFUSED;
        }

        @Override
        public ProbeResult ping(DatabaseLocation location) {
            return REFUSED;
        }

        @Override
        public void forget(DatabaseLocation location) {
            // Nothing was kept.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
