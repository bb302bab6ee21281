package dev.halo.local;

import dev.halo.protocol.site.Environment;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The settings with which the suite starts each service. */
final class ServiceSettings {

    private final SuitePorts ports;
    private final Environment environment;
    private final SuiteKeys keys;
    private final TokenIssuer issuer;
    private final StateDirectory state;

    ServiceSettings(SuiteSettings settings, SuiteKeys keys, TokenIssuer issuer, StateDirectory state) {
        this.ports = settings.ports();
        this.environment = settings.environment();
        this.keys = keys;
        this.issuer = issuer;
        this.state = state;
    }

    /**
     * Of one of the three cloud services.
     *
     * @param databasePassword of PostgreSQL's user {@code halo}
     */
    Map<String, String> cloud(ServiceName service, String databasePassword) {
        Map<String, String> settings = common(service);
        settings.put("halo.kafka.bootstrap-servers", "127.0.0.1:" + ports.kafka());
        settings.put("halo.kafka.replication-factor", "1");
        settings.put("halo.kafka.min-insync-replicas", "1");
        switch (service) {
            case REGISTRY -> registry(settings, databasePassword);
            case GATEWAY -> gateway(settings, databasePassword);
            case ROUTING -> routing(settings);
            case LINK -> throw new IllegalArgumentException("The Link is not in the cloud");
        }
        return settings;
    }

    private Map<String, String> common(ServiceName service) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("quarkus.http.host", "127.0.0.1");
        settings.put("quarkus.http.port", Integer.toString(ports.of(service)));
        settings.put("quarkus.log.console.json.enabled", "false");
        settings.put("quarkus.http.access-log.enabled", "true");
        settings.put("quarkus.http.access-log.exclude-pattern", "/q/.*");
        settings.put("quarkus.http.access-log.log-to-file", "true");
        settings.put("quarkus.http.access-log.log-directory", state.logs().toString());
        settings.put("quarkus.http.access-log.base-file-name", ServiceProcess.accessLogName(service.id()));
        settings.put("quarkus.http.access-log.rotate", "false");
        return settings;
    }

    /** Nobody meets a limit on one's own machine, but for integrators of the tier {@code trial}, with which to try them out. */
    private static void limits(Map<String, String> settings) {
        String wide = "halo.gateway.limits.default-tier.";
        settings.put(wide + "requests-per-second", "100000");
        settings.put(wide + "burst", "100000");
        settings.put(wide + "practice-requests-per-second", "100000");
        settings.put(wide + "practice-burst", "100000");
        settings.put(wide + "daily-queries", "100000000");
        settings.put(wide + "daily-bytes", "1000G");
        String trial = "halo.gateway.limits.tiers.trial.";
        settings.put(trial + "requests-per-second", "2");
        settings.put(trial + "burst", "20");
        settings.put(trial + "practice-requests-per-second", "2");
        settings.put(trial + "practice-burst", "15");
        settings.put(trial + "daily-queries", "5");
        settings.put(trial + "daily-bytes", "1M");
    }

    private void registry(Map<String, String> settings, String databasePassword) {
        settings.put("halo.registry.environment", environment.wire());
        settings.put("halo.registry.link-token-private-key", keys.linkTokenPrivate());
        settings.put("halo.registry.allow-local-issuer", "true");
        settings.put("halo.registry.at-rest-key", keys.atRest());
        // Whoever tries webhooks out receives them on this machine.
        settings.put("halo.registry.webhooks.allow-http", "true");
        settings.put("halo.registry.database.host", "127.0.0.1");
        settings.put("halo.registry.database.port", Integer.toString(ports.postgres()));
        settings.put("halo.registry.database.name", "halo_registry");
        settings.put("halo.registry.database.user", "halo");
        settings.put("halo.registry.database.password", databasePassword);
        settings.put("halo.registry.database.ssl-mode", "disable");
        settings.putAll(issuer.checking());
        settings.put("quarkus.shutdown.timeout", "5s");
    }

    private void gateway(Map<String, String> settings, String databasePassword) {
        settings.put("halo.gateway.environment", environment.wire());
        settings.put("halo.gateway.slot", "0");
        limits(settings);
        settings.put("halo.gateway.link-token-public-key", keys.linkTokenPublic());
        settings.put("halo.gateway.database.host", "127.0.0.1");
        settings.put("halo.gateway.database.port", Integer.toString(ports.postgres()));
        settings.put("halo.gateway.database.name", "halo_gateway");
        settings.put("halo.gateway.database.username", "halo");
        settings.put("halo.gateway.database.password", databasePassword);
        settings.put("halo.gateway.registry.url", url(ServiceName.REGISTRY).toString());
        settings.putAll(issuer.gateway());
        settings.put("halo.gateway.webhooks.at-rest-key", keys.atRest());
        settings.put("halo.gateway.webhooks.allow-private-targets", "true");
        settings.put("halo.gateway.admin.enabled", "true");
        settings.put("halo.gateway.admin.allow-local-issuer", "true");
        settings.putAll(issuer.checking());
        settings.put("quarkus.swagger-ui.enabled", "true");
        settings.put("quarkus.shutdown.timeout", "5s");
    }

    private void routing(Map<String, String> settings) {
        settings.put("halo.routing.environment", environment.wire());
        settings.put("halo.routing.slot", "0");
        settings.put("halo.routing.link-token-public-key", keys.linkTokenPublic());
        // There is no other bridge to spread the Links over.
        settings.put("halo.routing.drain.spread", "1s");
        settings.put("halo.routing.drain.grace", "1s");
        settings.put("halo.routing.drain.unfinished", "2s");
    }

    /**
     * Of a Link.
     *
     * @param installation its name among those of this machine
     */
    Map<String, String> link(DemoDatabases.Discovery found, String installation) {
        Map<String, String> settings = common(ServiceName.LINK);
        settings.put("halo.link.environment", environment.wire());
        settings.put("halo.link.data-dir", linkData(installation).toString());
        settings.put(
                "halo.link.key-file",
                state.folder(installation + "-key").resolve("link.key").toString());
        settings.put("halo.link.registry-url", url(ServiceName.REGISTRY).toString());
        settings.put("halo.link.bridge-url", url(ServiceName.ROUTING).toString());
        settings.put("halo.link.upload-url", url(ServiceName.GATEWAY).toString());
        settings.put("halo.link.stop-grace", "PT2S");
        found.ini().ifPresent(file -> settings.put("halo.link.zedmed.ini", file.toString()));
        if (!found.user().isEmpty()) {
            settings.put("halo.link.discovery.user", found.user());
            settings.put("halo.link.discovery.password", found.password());
        }
        settings.put("quarkus.shutdown.timeout", "5s");
        // On one machine the cloud is back in moments.
        settings.put("halo.link.registry.max-back-off", "PT2S");
        settings.put("halo.link.session.max-back-off", "PT2S");
        settings.put("halo.link.sites.retry-every", "PT2S");
        return settings;
    }

    /** A Link's data directory. */
    Path linkData(String installation) {
        return state.folder(installation);
    }

    private URI url(ServiceName service) {
        return URI.create("http://127.0.0.1:" + ports.of(service));
    }
}
