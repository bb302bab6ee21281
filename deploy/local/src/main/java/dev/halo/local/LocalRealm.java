package dev.halo.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The realm of {@code deploy/keycloak} with what only a developer's machine has: people with known passwords, and a
 * client that gets tokens for them without a browser and makes other clients.
 */
final class LocalRealm {

    /** Name of the realm. */
    static final String NAME = "halo";

    /** The client of scripts. */
    static final String CLIENT = "halo-local";

    /** Whoever they are, their names are their roles. */
    static final List<String> PEOPLE = List.of("operator", "support", "auditor");

    private static final Path FILE = Path.of("deploy", "keycloak", "halo-realm.json");
    private static final String EXAMPLE = "halo-integrator-example";
    private static final String CLIENT_MANAGERS = "manage-clients";

    private final JsonNode realm;

    private LocalRealm(JsonNode realm) {
        this.realm = realm;
    }

    /** @throws SuiteException when the repository has no such file */
    static LocalRealm of(Path repository) {
        Path file = repository.resolve(FILE);
        try {
            return new LocalRealm(HttpJson.MAPPER.readTree(Files.readString(file)));
        } catch (IOException e) {
            throw new SuiteException("The realm " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The file to import; secrets are names of environment variables in it. */
    String importFile() {
        ObjectNode local = realm.deepCopy();
        clients(local).add(localClient());
        ArrayNode users = local.withArrayProperty("users");
        PEOPLE.forEach(role -> users.add(person(role)));
        users.addObject()
                .put("username", "service-account-" + CLIENT)
                .put("enabled", true)
                .put("serviceAccountClientId", CLIENT)
                .putObject("clientRoles")
                .putArray("realm-management")
                .add(CLIENT_MANAGERS);
        return text(local);
    }

    /**
     * What the placeholders stand for.
     *
     * @param console where the console is
     */
    static Map<String, String> environment(KeycloakSecrets secrets, URI console) {
        return Map.of(
                "HALO_CONSOLE_URL", console.toString(),
                "HALO_GATEWAY_CLIENT_SECRET", secrets.gateway(),
                "HALO_EXAMPLE_CLIENT_SECRET", secrets.integrator(),
                "HALO_LOCAL_CLIENT_SECRET", secrets.local(),
                "HALO_LOCAL_PASSWORD", secrets.people());
    }

    /** A client for an integrator: a copy of the realm's example. */
    ObjectNode integratorClient(String clientId, String secret, String integratorId) {
        for (JsonNode client : realm.path("clients")) {
            if (EXAMPLE.equals(client.path("clientId").asText())) {
                ObjectNode copy = client.deepCopy();
                copy.put("clientId", clientId).put("secret", secret).put("enabled", true);
                copy.withArrayProperty("protocolMappers").forEach(mapper -> name(mapper, integratorId));
                return copy;
            }
        }
        throw new SuiteException("The realm has no client " + EXAMPLE);
    }

    private static void name(JsonNode mapper, String integratorId) {
        if ("oidc-hardcoded-claim-mapper".equals(mapper.path("protocolMapper").asText())) {
            ((ObjectNode) mapper.path("config")).put("claim.value", integratorId);
        }
    }

    private ObjectNode localClient() {
        ObjectNode client = HttpJson.MAPPER
                .createObjectNode()
                .put("clientId", CLIENT)
                .put("name", "Scripts on a developer's machine")
                .put("enabled", true)
                .put("publicClient", false)
                .put("clientAuthenticatorType", "client-secret")
                .put("secret", "${HALO_LOCAL_CLIENT_SECRET}")
                .put("standardFlowEnabled", false)
                .put("directAccessGrantsEnabled", true)
                .put("serviceAccountsEnabled", true)
                .put("fullScopeAllowed", true);
        // As long as a session may last: demo.env is read for a working day.
        client.putObject("attributes")
                .put(
                        "access.token.lifespan",
                        realm.path("ssoSessionMaxLifespan").asText());
        client.putArray("defaultClientScopes").add("basic").add("profile").add("roles");
        client.putArray("optionalClientScopes");
        client.putArray("protocolMappers")
                .addObject()
                .put("name", "audience halo-registry")
                .put("protocol", "openid-connect")
                .put("protocolMapper", "oidc-audience-mapper")
                .putObject("config")
                .put("included.client.audience", OperatorTokens.AUDIENCE)
                .put("access.token.claim", "true")
                .put("id.token.claim", "false");
        return client;
    }

    private static ObjectNode person(String role) {
        ObjectNode person = HttpJson.MAPPER
                .createObjectNode()
                .put("username", role)
                .put("enabled", true)
                .put("email", role + "@halo.example")
                .put("emailVerified", true)
                .put("firstName", "Demo")
                .put("lastName", role);
        person.putArray("realmRoles").add(role);
        person.putArray("credentials")
                .addObject()
                .put("type", "password")
                .put("value", "${HALO_LOCAL_PASSWORD}")
                .put("temporary", false);
        return person;
    }

    private static ArrayNode clients(ObjectNode realm) {
        return realm.withArrayProperty("clients");
    }

    private static String text(JsonNode json) {
        try {
            return HttpJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new SuiteException("The realm cannot be written: " + e.getMessage(), e);
        }
    }
}
