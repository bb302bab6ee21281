package dev.halo.link.site;

import dev.halo.link.config.ZedmedConfig;
import dev.halo.link.firebird.DatabaseFacts;
import dev.halo.link.firebird.DatabaseLocation;
import dev.halo.link.firebird.Discovery;
import dev.halo.link.firebird.ProbeResult;
import dev.halo.link.firebird.SiteDatabase;
import dev.halo.link.identity.SiteBinding;
import dev.halo.link.identity.SiteBindings;
import dev.halo.link.installation.Installation;
import dev.halo.link.site.SiteState.Reason;
import dev.halo.link.site.SiteState.Unusable;
import dev.halo.link.site.SiteState.Usable;
import dev.halo.protocol.site.Environment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Looks at one installation's databases and says what it is. Blocks for the database's connect time-outs. */
final class SiteProbe {

    private final Discovery discovery;
    private final SiteBindings bindings;
    private final SiteRules rules;
    private final ZedmedConfig config;

    SiteProbe(Discovery discovery, SiteBindings bindings, ZedmedConfig config, Environment environment) {
        this.discovery = discovery;
        this.bindings = bindings;
        this.rules = new SiteRules(environment, config);
        this.config = config;
    }

    /** What the installation is now; a GUID is made where its database is new. */
    SiteState look(Installation installation) {
        ProbeResult result = discovery.probe(installation.patients());
        return result instanceof ProbeResult.Found found
                ? judge(installation, found.facts())
                : unusable(installation, (ProbeResult.Failed) result);
    }

    /** Reads the patient database again, for the guard. */
    ProbeResult read(DatabaseLocation patients) {
        return discovery.probe(patients);
    }

    boolean isSame(SiteBinding binding, DatabaseFacts facts) {
        return rules.isSame(binding, facts);
    }

    void forget(Installation installation) {
        discovery.forget(installation.patients());
        installation.documents().ifPresent(discovery::forget);
    }

    private SiteState judge(Installation installation, DatabaseFacts facts) {
        Optional<SiteRules.Refusal> refusal = rules.refusal(facts);
        if (refusal.isPresent()) {
            return new Unusable(
                    installation.section(),
                    refusal.get().reason(),
                    refusal.get().message(),
                    Optional.empty());
        }
        try {
            SiteBinding binding = bindings.bind(
                    installation.section(),
                    facts.databaseId(),
                    facts.practiceName(),
                    facts.zedmedVersion(),
                    rules.licenceKind(facts));
            return new Usable(installation, binding, databases(installation, binding.siteId()), warnings(installation));
        } catch (IOException e) {
            return new Unusable(
                    installation.section(),
                    Reason.NOT_STORED,
                    "its Halo GUID cannot be kept in the data directory: " + e.getMessage(),
                    Optional.empty());
        }
    }

    private List<String> warnings(Installation installation) {
        List<String> warnings = new ArrayList<>();
        installation.documents().ifPresent(location -> {
            if (discovery.ping(location) instanceof ProbeResult.Failed failed) {
                warnings.add("document database: " + failed.message());
            }
        });
        return warnings;
    }

    private SiteState unusable(Installation installation, ProbeResult.Failed failed) {
        Reason reason =
                switch (failed.problem()) {
                    case SERVER_DOWN, DATABASE_MISSING, DATABASE_ERROR -> Reason.DATABASE_DOWN;
                    case LOGIN_REFUSED -> Reason.LOGIN_REFUSED;
                    case PROBE_FAILED -> Reason.PROBE_FAILED;
                };
        // What cannot be read has not changed: the site stays announced, and the guard looks before any query runs.
        Optional<ServedSite> lastKnown = bindings.current(installation.section())
                .map(binding -> new ServedSite(binding, databases(installation, binding.siteId())));
        return new Unusable(installation.section(), reason, "patient database: " + failed.message(), lastKnown);
    }

    private List<SiteDatabase> databases(Installation installation, UUID siteId) {
        List<SiteDatabase> databases = new ArrayList<>();
        databases.add(new SiteDatabase(siteId, config.patientCatalogue(), installation.patients()));
        installation
                .documents()
                .ifPresent(location -> databases.add(new SiteDatabase(siteId, config.documentCatalogue(), location)));
        return databases;
    }
}
