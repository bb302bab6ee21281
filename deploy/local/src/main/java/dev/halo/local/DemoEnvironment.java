package dev.halo.local;

import dev.halo.embedded.OwnerOnly;
import dev.halo.local.DemoFacts.IssuerFacts;
import dev.halo.local.DemoFacts.SiteFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code .halo/demo.env}: what scripts need to know of the running suite, a KEY=value on each line. */
final class DemoEnvironment {

    private final Map<String, String> entries = new LinkedHashMap<>();

    DemoEnvironment(DemoFacts facts) {
        entries.put("HALO_GATEWAY_URL", facts.gateway().toString());
        entries.put("HALO_REGISTRY_URL", facts.registry().toString());
        entries.put("HALO_ROUTING_URL", facts.routing().toString());
        entries.put("HALO_SUBSCRIPTION_KEY", facts.integrators().get("A").primaryKey());
        entries.put(
                "HALO_SUBSCRIPTION_KEY_SECONDARY", facts.integrators().get("A").secondaryKey());
        entries.put("HALO_SUBSCRIPTION_KEY_B", facts.integrators().get("B").primaryKey());
        entries.put("HALO_SUBSCRIPTION_KEY_C", facts.integrators().get("C").primaryKey());
        int number = 0;
        for (SiteFacts site : facts.sites()) {
            String suffix = suffix(++number);
            entries.put("HALO_DATABASE_ID" + suffix, site.databaseId());
            entries.put("HALO_SITE_ID" + suffix, site.siteId());
        }
        entries.put("HALO_OPERATOR_TOKEN", facts.operatorToken());
        facts.issuer().ifPresent(this::issuer);
    }

    private void issuer(IssuerFacts issuer) {
        entries.put("HALO_OIDC_ISSUER", issuer.issuer().toString());
        entries.put("HALO_OIDC_TOKEN_URL", issuer.tokenUrl().toString());
        entries.put("HALO_OIDC_CLIENT_ID", issuer.clientId());
        entries.put("HALO_OIDC_CLIENT_SECRET", issuer.clientSecret());
        entries.put("HALO_OIDC_PASSWORD", issuer.password());
        entries.put("HALO_INTEGRATOR_CLIENT_ID", issuer.integratorClientId());
        entries.put("HALO_INTEGRATOR_CLIENT_SECRET", issuer.integratorClientSecret());
    }

    /** What the keys of a site end with: nothing for the first, {@code _2} for the second. */
    static String suffix(int number) {
        return number == 1 ? "" : "_" + number;
    }

    void pid(ServiceName service, long pid) {
        entries.put("HALO_" + service.name() + "_PID", Long.toString(pid));
    }

    void keycloakPid(long pid) {
        entries.put("HALO_KEYCLOAK_PID", Long.toString(pid));
    }

    void firebird(String url, String user, String password) {
        entries.put("HALO_FIREBIRD_URL_1", url);
        entries.put("HALO_FIREBIRD_USER", user);
        entries.put("HALO_FIREBIRD_PASSWORD", password);
    }

    void write(Path file) {
        StringBuilder text = new StringBuilder();
        entries.forEach(
                (key, value) -> text.append(key).append('=').append(value).append('\n'));
        try {
            OwnerOnly.write(file, text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Map<String, String> read(Path file) {
        Map<String, String> entries = new LinkedHashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    entries.put(line.substring(0, equals), line.substring(equals + 1));
                }
            }
        } catch (IOException e) {
            throw new SuiteException("The suite does not run: there is no " + file, e);
        }
        return entries;
    }
}
