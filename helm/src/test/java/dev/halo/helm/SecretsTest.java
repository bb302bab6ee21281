package dev.halo.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No secret stands anywhere but in a Secret. */
class SecretsTest {

    private static final Pattern SECRET =
            Pattern.compile("(?i)(password|private.key|at.rest.key|client.secret|jaas|\\.token)$");
    private static final Pattern FROM_ENVIRONMENT = Pattern.compile("\\$\\{KAFKA_USER_[A-Z_]+}");

    private static List<String> examples() {
        return Chart.examples();
    }

    @ParameterizedTest
    @ValueSource(strings = {"production.yaml", "stage.yaml"})
    void makesNoSecretWhereExistingOnesAreNamed(String example) {
        assertThat(Chart.render(example).all(Secret.class)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void takesEverySecretFromASecret(String example) {
        Rendered release = Chart.render(example);

        release.pods().values().forEach(pod -> assertThat(
                        pod.getSpec().getContainers().get(0).getEnv())
                .filteredOn(variable ->
                        SECRET.matcher(variable.getName().replace('_', '.')).find())
                .isNotNull()
                .allSatisfy(variable -> assertThat(variable.getValueFrom().getSecretKeyRef())
                        .as(variable.getName())
                        .isNotNull()));
        release.pods().keySet().forEach(component -> release.properties(component)
                .forEach((name, value) -> {
                    if (SECRET.matcher(name.replace("\"", "").replace("jaas.config", "jaas"))
                            .find()) {
                        assertThat(value).as(name).matches(FROM_ENVIRONMENT);
                    }
                }));
    }

    @Test
    void keepsGivenSecretsInOneSecretAndNowhereElse() {
        ObjectNode values = Chart.merged("one-node.yaml", "{}");
        ObjectNode given = (ObjectNode) values.get("inlineSecrets");
        List<String> names = new ArrayList<>();
        given.fieldNames().forEachRemaining(names::add);
        names.forEach(name -> given.put(name, "GIVEN-" + name));

        Rendered release = Rendered.of(Chart.template(values));

        for (JsonNode document : release.documents()) {
            if (!document.path("kind").asText().equals("Secret")) {
                assertThat(document.toString()).doesNotContain("GIVEN-");
            }
        }
        Secret secret = release.one(Secret.class, "halo-inline");
        assertThat(secret.getStringData()).containsOnlyKeys(names);
        assertThat(secretVariables(release)).allSatisfy(variable -> {
            var reference = variable.getValueFrom().getSecretKeyRef();
            assertThat(reference.getName()).isEqualTo("halo-inline");
            assertThat(names).contains(reference.getKey());
        });
    }

    /** The private key is the registry's alone, and a service has no secret of another one. */
    @Test
    void givesEachServiceItsOwnSecretsAlone() {
        Rendered release = Chart.render("production.yaml");

        assertThat(secretNames(release, "gateway"))
                .containsExactlyInAnyOrder(
                        "halo-keys/link-token.pub.pem",
                        "halo-keys/at-rest-key",
                        "gateway-database/password",
                        "gateway-client/client-secret",
                        "kafka-user-gateway/sasl.jaas.config");
        assertThat(secretNames(release, "routing"))
                .containsExactlyInAnyOrder("halo-keys/link-token.pub.pem", "kafka-user-routing/sasl.jaas.config");
        assertThat(secretNames(release, "registry"))
                .containsExactlyInAnyOrder(
                        "halo-keys/link-token.pem",
                        "halo-keys/at-rest-key",
                        "registry-database/password",
                        "kafka-user-registry/sasl.jaas.config");
    }

    private static List<EnvVar> secretVariables(Rendered release) {
        return release.pods().keySet().stream()
                .flatMap(component -> release.container(component).getEnv().stream())
                .filter(variable -> variable.getValueFrom() != null
                        && variable.getValueFrom().getSecretKeyRef() != null)
                .toList();
    }

    private static List<String> secretNames(Rendered release, String component) {
        return release.container(component).getEnv().stream()
                .filter(variable -> variable.getValueFrom() != null
                        && variable.getValueFrom().getSecretKeyRef() != null)
                .map(variable -> variable.getValueFrom().getSecretKeyRef())
                .map(reference -> reference.getName() + "/" + reference.getKey())
                .toList();
    }
}
