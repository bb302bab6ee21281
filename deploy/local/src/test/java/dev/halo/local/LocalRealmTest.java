package dev.halo.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is in the realm that production imports, and what the local suite makes of it. */
class LocalRealmTest {

    private static final Path REPOSITORY = Path.of("../..");

    @Test
    void productionsRealmHasNoSecretsAndNoPeople() throws Exception {
        JsonNode realm = realm();

        for (JsonNode client : realm.path("clients")) {
            String secret = client.path("secret").asText("");
            assertThat(secret).as(client.path("clientId").asText()).matches("|\\$\\{[A-Z_]+\\}");
            assertThat(client.path("directAccessGrantsEnabled").asBoolean()).isFalse();
            assertThat(client.path("implicitFlowEnabled").asBoolean()).isFalse();
            assertThat(client.path("fullScopeAllowed").asBoolean()).isFalse();
        }
        assertThat(realm.path("users"))
                .allMatch(user -> user.has("serviceAccountClientId") && !user.has("credentials"));
    }

    @Test
    void productionsRealmDefendsItself() throws Exception {
        JsonNode realm = realm();

        assertThat(realm.path("bruteForceProtected").asBoolean()).isTrue();
        assertThat(realm.path("registrationAllowed").asBoolean()).isFalse();
        assertThat(realm.path("sslRequired").asText()).isEqualTo("external");
        assertThat(realm.path("accessTokenLifespan").asInt()).isBetween(60, 900);
        JsonNode operators = client(realm, "halo-operators");
        assertThat(operators.path("publicClient").asBoolean()).isTrue();
        assertThat(operators
                        .path("attributes")
                        .path("pkce.code.challenge.method")
                        .asText())
                .isEqualTo("S256");
        assertThat(client(realm, "halo-integrator-example").path("enabled").asBoolean())
                .isFalse();
    }

    @Test
    void theLocalRealmNamesItsSecretsAndShowsNone() {
        // Given
        KeycloakSecrets secrets = new KeycloakSecrets("secret-g", "secret-i", "secret-l", "secret-p");

        // When
        String file = LocalRealm.of(REPOSITORY).importFile();

        // Then
        assertThat(file).contains("${HALO_LOCAL_PASSWORD}", "${HALO_GATEWAY_CLIENT_SECRET}");
        assertThat(file).doesNotContain("secret-g", "secret-i", "secret-l", "secret-p");
        List<String> names = new ArrayList<>();
        Pattern.compile("\\$\\{([A-Z_]+)\\}").matcher(file).results().forEach(match -> names.add(match.group(1)));
        assertThat(LocalRealm.environment(secrets, URI.create("http://127.0.0.1"))
                        .keySet())
                .containsAll(names);
        assertThat(secrets.toString()).doesNotContain("secret-");
    }

    @Test
    void anIntegratorsClientIsTheExampleWithItsId() {
        // When
        ObjectNode client = LocalRealm.of(REPOSITORY).integratorClient("integrator-x", "s", "id-of-x");

        // Then
        assertThat(client.path("enabled").asBoolean()).isTrue();
        assertThat(client.path("protocolMappers").findValuesAsText("claim.value"))
                .containsExactly("id-of-x");
        assertThat(client.path("protocolMappers").findValuesAsText("included.client.audience"))
                .containsExactly("halo-integrator-api");
    }

    private static JsonNode realm() throws Exception {
        return HttpJson.MAPPER.readTree(Files.readString(REPOSITORY.resolve("deploy/keycloak/halo-realm.json")));
    }

    private static JsonNode client(JsonNode realm, String id) {
        for (JsonNode client : realm.path("clients")) {
            if (id.equals(client.path("clientId").asText())) {
                return client;
            }
        }
        throw new AssertionError("no client " + id);
    }
}
