package dev.halo.local;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one needs to know to use a running suite.
 *
 * @param gateway base URL of the integrators' API
 * @param registry base URL of the admin API
 * @param routing base URL of the bridge
 * @param sites the practices in order; with an INI of one's own as far as they were found
 * @param integrators by their letter: A, B and C
 * @param operatorToken bearer token for the admin API
 * @param issuer the Keycloak that issued it; empty where the launcher did
 */
public record DemoFacts(
        URI gateway,
        URI registry,
        URI routing,
        List<SiteFacts> sites,
        Map<String, IntegratorFacts> integrators,
        String operatorToken,
        Optional<IssuerFacts> issuer) {

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

    /**
     * Where tokens come from.
     *
     * @param issuer as the tokens name it
     * @param tokenUrl where they are asked for
     * @param clientId client for the grants {@code password} and {@code client_credentials}
     * @param clientSecret its secret
     * @param password of the people {@code operator}, {@code support} and {@code auditor}
     * @param integratorClientId integrator A's own client
     * @param integratorClientSecret its secret
     */
    public record IssuerFacts(
            URI issuer,
            URI tokenUrl,
            String clientId,
            String clientSecret,
            String password,
            String integratorClientId,
            String integratorClientSecret) {

        /** Not the secrets. */
        @Override
        public String toString() {
            return "IssuerFacts[" + issuer + "]";
        }
    }

    /** Not the token. */
    @Override
    public String toString() {
        return "DemoFacts[" + gateway + ", " + sites + ", " + integrators + "]";
    }
}
