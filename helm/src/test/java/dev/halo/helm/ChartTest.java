package dev.halo.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The chart as a whole: lint, examples, toggles, and what it refuses. */
class ChartTest {

    private static List<String> examples() {
        return Chart.examples();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void lintsStrictlyWithEachExample(String example, @TempDir Path copy) throws IOException {
        LintResult result = Chart.lint(copy, Chart.merged(example, "{}"));

        assertThat(result.isFailed())
                .as(String.join("\n", result.getMessages()))
                .isFalse();
        assertThat(result.getMessages()).noneMatch(message -> message.contains("[WARNING]"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void rendersEachExampleIntoWholeObjectsWithUniqueNames(String example) {
        Rendered release = Chart.render(example);

        assertThat(release.pods()).containsOnlyKeys("gateway", "routing", "registry");
        Set<String> seen = new HashSet<>();
        for (JsonNode document : release.documents()) {
            String name = document.path("kind").asText() + " "
                    + document.at("/metadata/namespace").asText() + "/"
                    + document.at("/metadata/name").asText();
            assertThat(seen.add(name)).as(name).isTrue();
            assertThat(document.at("/metadata/namespace").asText()).as(name).isNotEmpty();
            assertThat(document.at("/metadata/labels").has("helm.sh/chart"))
                    .as(name)
                    .isTrue();
        }
    }

    /** Whatever is drawn at random changes with each upgrade, and restarts everything. */
    @ParameterizedTest
    @MethodSource("examples")
    void rendersTheSameTwice(String example) {
        assertThat(Chart.text(example, "{}")).isEqualTo(Chart.text(example, "{}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        one-node.yaml   | gateway: {autoscaling: {mode: hpa}}                         | HorizontalPodAutoscaler/halo-gateway
        one-node.yaml   | gateway: {autoscaling: {mode: keda, triggers: [{type: kafka, metadata: {lagThreshold: '100'}}]}} | ScaledObject/halo-gateway
        one-node.yaml   | gateway: {podDisruptionBudget: {enabled: true}}             | PodDisruptionBudget/halo-gateway
        one-node.yaml   | routing: {podDisruptionBudget: {enabled: true}}             | PodDisruptionBudget/halo-routing
        one-node.yaml   | registry: {podDisruptionBudget: {enabled: true}}            | PodDisruptionBudget/halo-registry
        one-node.yaml   | serviceMonitor: {enabled: true, labels: {release: prom}}    | ServiceMonitor/halo
        one-node.yaml   | kafka: {topics: {mode: strimzi}, strimzi: {cluster: c}}     | KafkaTopic/halo.queries
        stage.yaml      | kafka: {strimzi: {cluster: c, users: true}}                 | KafkaUser/halo-gateway
        stage.yaml      | ingress: {enabled: true}                                    | Ingress/halo-links
        production.yaml | httpRoute: {enabled: true, parentRefs: [{name: public}]}    | HTTPRoute/halo-operators
        one-node.yaml   | fullnameOverride: cloud                                     | StatefulSet/cloud-gateway
        """)
    void makesWhatIsSwitchedOn(String example, String change, String made) {
        String kind = made.substring(0, made.indexOf('/'));
        String name = made.substring(made.indexOf('/') + 1);

        assertThat(Chart.render(example).has(kind, name)).isFalse();
        assertThat(Chart.render(example, change).has(kind, name)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        production.yaml | networkPolicy: {enabled: false}          | NetworkPolicy
        production.yaml | ingress: {enabled: false}                | Ingress
        production.yaml | serviceMonitor: {enabled: false}         | ServiceMonitor
        production.yaml | gateway: {autoscaling: {mode: none}}     | HorizontalPodAutoscaler
        production.yaml | kafka: {topics: {mode: services}}        | KafkaTopic
        production.yaml | kafka: {strimzi: {users: false}}         | KafkaUser
        stage.yaml      | httpRoute: {enabled: false}              | HTTPRoute
        """)
    void leavesOutWhatIsSwitchedOff(String example, String change, String kind) {
        assertThat(Chart.render(example).ofKind(kind)).isNotEmpty();
        assertThat(Chart.render(example, change).ofKind(kind)).isEmpty();
    }

    @Test
    void putsWhatAnOperatorAddsIntoPods() {
        Rendered release = Chart.render("one-node.yaml", """
            commonLabels: {team: halo}
            routing:
              env: [{name: EXTRA, value: x}]
              podAnnotations: {a: b}
              podLabels: {c: d}
              nodeSelector: {disk: ssd}
              tolerations: [{key: k, operator: Exists}]
              affinity: {podAntiAffinity: {}}
              priorityClassName: high
              topologySpread: {enabled: true, whenUnsatisfiable: DoNotSchedule}
            """);

        var template = release.pods().get("routing");
        assertThat(template.getMetadata().getAnnotations()).containsEntry("a", "b");
        assertThat(template.getMetadata().getLabels()).containsEntry("c", "d").containsEntry("team", "halo");
        assertThat(template.getSpec().getNodeSelector()).containsEntry("disk", "ssd");
        assertThat(template.getSpec().getTolerations()).hasSize(1);
        assertThat(template.getSpec().getAffinity().getPodAntiAffinity()).isNotNull();
        assertThat(template.getSpec().getPriorityClassName()).isEqualTo("high");
        assertThat(template.getSpec().getTopologySpreadConstraints()).hasSize(1);
        assertThat(release.container("routing").getEnv())
                .anyMatch(one -> one.getName().equals("EXTRA"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        gatewy: {}                                                  | gatewy
        gateway: {replica: 3}                                       | replica
        gateway: {replicas: 33}                                     | gateway
        gateway: {autoscaling: {maxReplicas: 33}}                   | maxReplicas
        gateway: {drain: {timeoutSeconds: 60}}                      | timeoutSeconds
        routing: {replicas: 0}                                      | routing
        routing: {autoscaling: {mode: hpa}}                         | autoscaling
        environment: test                                           | environment
        kafka: {bootstrapServers: 'broker'}                         | bootstrapServers
        kafka: {client: {ssl.keystore.password: x}}                 | ssl.keystore.password
        gateway: {properties: {halo.gateway.database.password: x}}  | halo.gateway.database.password
        registry: {properties: {quarkus.oidc.credentials.secret: x}} | quarkus.oidc.credentials.secret
        gateway: {properties: {server.port: 1}}                     | server.port
        hosts: {links: 'https://links'}                             | links
        database: {sslMode: maybe}                                  | sslMode
        gateway: {trustedProxies: [10.0.0.1]}                       | trustedProxies
        inlineSecrets: {somethingElse: x}                           | somethingElse
        """)
    void refusesBySchemaAndNamesTheValue(String change, String named) {
        assertThatThrownBy(() -> Chart.text("one-node.yaml", change))
                .hasMessageContaining("don't meet the specifications of the schema")
                .hasMessageContaining(named);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        kafka: {bootstrapServers: ''}                               | kafka.bootstrapServers is required
        database: {gateway: {existingSecret: ''}}                   | database.gateway.existingSecret is required
        oidc: {issuer: 'http://id/realms/halo'}                     | oidc.issuer must begin with https:// in production
        keys: {linkToken: {existingSecret: ''}}                     | keys.linkToken.existingSecret is required
        inlineSecrets: {atRestKey: x}                               | production needs existing Secrets
        database: {sslMode: prefer}                                 | database.sslMode prefer is not for production
        database: {caSecret: ''}                                    | database.caSecret is required
        kafka: {securityProtocol: PLAINTEXT}                        | kafka.securityProtocol PLAINTEXT is not for production
        kafka: {replicationFactor: 1}                               | kafka.minInsyncReplicas is more than kafka.replicationFactor
        kafka: {users: {routing: {existingSecret: ''}}}             | kafka.users.routing.existingSecret is required
        kafka: {strimzi: {cluster: ''}}                             | kafka.strimzi.cluster is required
        gateway: {webhooks: {allowPrivateTargets: true}}            | gateway.webhooks.allowPrivateTargets is not for production
        gateway: {autoscaling: {minReplicas: 20}}                   | gateway.autoscaling.minReplicas is more than maxReplicas
        hosts: {links: api.halo.example.com}                        | hosts.integrators, hosts.links and hosts.operators must differ
        hosts: {operators: ''}                                      | hosts.operators is required
        networkPolicy: {kafka: {to: []}}                            | networkPolicy.kafka.to is required
        networkPolicy: {ingressFrom: []}                            | networkPolicy.ingressFrom is required
        networkPolicy: {metricsFrom: []}                            | networkPolicy.metricsFrom is required
        httpRoute: {enabled: true}                                  | httpRoute.parentRefs is required
        """)
    void refusesWhatDoesNotFitTogether(String change, String message) {
        assertThatThrownBy(() -> Chart.text("production.yaml", change)).hasMessageContaining(message);
    }

    @Test
    void namesEverythingThatIsMissingAtOnce() {
        assertThatThrownBy(() -> Chart.template(Chart.YAML.createObjectNode()))
                .message()
                .contains(
                        "kafka.bootstrapServers",
                        "database.registry.host",
                        "oidc.issuer",
                        "gateway.registryClient.existingSecret",
                        "networkPolicy.ingressFrom");
    }

    /** Nobody has to guess a value's name: the schema knows exactly those of values.yaml. */
    @Test
    void describesEveryDefaultInTheSchema() throws IOException {
        JsonNode schema =
                Chart.YAML.readTree(Chart.FOLDER.resolve("values.schema.json").toFile());

        List<String> values = names(Chart.defaults());
        List<String> described = names(schema.path("properties"));

        described.remove("global");
        assertThat(described).containsExactlyInAnyOrderElementsOf(values);
        assertThat(Arrays.asList("gateway", "routing", "registry")).allSatisfy(component -> assertThat(
                        names(schema.at("/properties/" + component + "/properties")))
                .containsExactlyInAnyOrderElementsOf(names(Chart.defaults().path(component))));
    }

    private static List<String> names(JsonNode map) {
        List<String> names = new ArrayList<>();
        map.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
