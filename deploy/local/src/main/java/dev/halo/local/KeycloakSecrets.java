package dev.halo.local;

import dev.halo.embedded.OwnerOnly;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Secrets of the suite's realm, made at the first start and kept.
 *
 * @param gateway of the gateway's client
 * @param integrator of integrator A's client
 * @param local of the client of scripts
 * @param people password of the demo's operator, support and auditor
 */
record KeycloakSecrets(String gateway, String integrator, String local, String people) {

    private static final int BYTES = 20;

    static KeycloakSecrets loadOrCreate(Path folder) {
        try {
            return new KeycloakSecrets(
                    OwnerOnly.secret(folder.resolve("keycloak-gateway.secret"), BYTES),
                    OwnerOnly.secret(folder.resolve("keycloak-integrator.secret"), BYTES),
                    OwnerOnly.secret(folder.resolve("keycloak-local.secret"), BYTES),
                    OwnerOnly.secret(folder.resolve("keycloak-people.password"), BYTES));
        } catch (IOException e) {
            throw new SuiteException("The realm's secrets in " + folder + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Not the secrets. */
    @Override
    public String toString() {
        return "KeycloakSecrets";
    }
}
