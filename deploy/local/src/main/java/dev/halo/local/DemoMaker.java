package dev.halo.local;

import dev.halo.local.DemoFacts.IntegratorFacts;
import dev.halo.local.DemoFacts.IssuerFacts;
import dev.halo.local.DemoFacts.SiteFacts;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The order in which the demo is made, and what may stay undone with databases that are not the demo's own. */
final class DemoMaker {

    /**
     * Base URLs.
     *
     * @param gateway of the integrators' API
     * @param registry of the admin API
     * @param routing of the bridge
     */
    record Addresses(URI gateway, URI registry, URI routing) {}

    private final SuiteSettings settings;
    private final DemoDatabases databases;
    private final TokenIssuer issuer;
    private final Addresses addresses;
    private final Consumer<String> progress;

    DemoMaker(
            SuiteSettings settings,
            DemoDatabases databases,
            TokenIssuer issuer,
            Addresses addresses,
            Consumer<String> progress) {
        this.settings = settings;
        this.databases = databases;
        this.issuer = issuer;
        this.addresses = addresses;
        this.progress = progress;
    }

    /**
     * Makes integrators, enrols the Link, enables and pairs; what an earlier run did is not done again.
     *
     * @param link its commands
     * @param memory what was done
     * @throws SuiteException when one of the demo's own databases does not come online
     */
    DemoFacts make(LinkCommands link, DemoMemory memory) {
        String operator = issuer.operatorToken();
        DemoDatabases.Administrator administrator = databases.administrator();
        DemoSetup setup = new DemoSetup(new DemoSetup.Surroundings(
                addresses.gateway(),
                new AdminApi(addresses.registry(), operator),
                link,
                memory,
                settings.environment(),
                administrator.user(),
                administrator.password()));
        Map<String, IntegratorFacts> integrators = setup.integrators();
        Optional<IssuerFacts> issuing = issuer.admit(integrators.get("A"));
        List<SiteFacts> sites = setup.sites(settings.practices().size());
        enable(setup, integrators, sites);
        return new DemoFacts(
                addresses.gateway(), addresses.registry(), addresses.routing(), sites, integrators, operator, issuing);
    }

    private void enable(DemoSetup setup, Map<String, IntegratorFacts> integrators, List<SiteFacts> sites) {
        IntegratorFacts first = integrators.get("A");
        for (SiteFacts site : sites) {
            progress.accept("waiting for " + site.practiceName() + " (" + site.databaseId() + ")");
            if (isOnline(setup, first, site) && !setup.enable(first, "A", site)) {
                progress.accept("no administrator of its Firebird is known (HALO_FIREBIRD_USER,"
                        + " HALO_FIREBIRD_PASSWORD): nobody is enabled");
            }
        }
        // With an INI of one's own nobody knows what state its databases are in.
        boolean enabled = !sites.isEmpty()
                && (databases.own() || isOnline(setup, first, sites.get(0)))
                && setup.enable(integrators.get("C"), "C", sites.get(0));
        if (enabled) {
            setup.pair(first, sites.get(0));
            setup.pair(integrators.get("C"), sites.get(0));
        }
    }

    private boolean isOnline(DemoSetup setup, IntegratorFacts integrator, SiteFacts site) {
        try {
            setup.awaitOnline(integrator, site);
            return true;
        } catch (SuiteException e) {
            if (databases.own()) {
                throw e;
            }
            progress.accept(e.getMessage());
            return false;
        }
    }
}
