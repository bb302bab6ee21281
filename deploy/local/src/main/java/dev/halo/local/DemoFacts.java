package dev.halo.local;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * What one needs to know to use a running suite.
 *
 * @param gateway base URL of the integrators' API
 * @param registry base URL of the admin API
 * @param routing base URL of the bridge
 * @param sites the practices in order; with an INI of one's own as far as they were found
 * @param integrators by their letter: A, B and C
 * @param operatorToken bearer token for the admin API
 */
public record DemoFacts(
        URI gateway,
        URI registry,
        URI routing,
        List<SiteFacts> sites,
        Map<String, IntegratorFacts> integrators,
        String operatorToken) {

    /** Takes defensive copies. */
    public DemoFacts {
        sites = List.copyOf(sites);
        integrators = Map.copyOf(integrators);
    }

    /**
     * A practice.
     *
     * @param databaseId what integrators exchange
     * @param siteId Halo GUID
     * @param practiceName secondary identifier
     */
    public record SiteFacts(String databaseId, String siteId, String practiceName) {}

    /**
     * An integrator.
     *
     * @param integratorId its id
     * @param primaryKey its first key
     * @param secondaryKey its second key
     */
    public record IntegratorFacts(String integratorId, String primaryKey, String secondaryKey) {

        /** Not the keys. */
        @Override
        public String toString() {
            return "IntegratorFacts[" + integratorId + "]";
        }
    }

    /** Not the token. */
    @Override
    public String toString() {
        return "DemoFacts[" + gateway + ", " + sites + ", " + integrators + "]";
    }
}
