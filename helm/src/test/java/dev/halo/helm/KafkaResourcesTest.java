package dev.halo.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.protocol.topic.Topic;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Topics and users as resources of Strimzi. */
class KafkaResourcesTest {

    private final Rendered production = Chart.render("production.yaml");

    /** Services refuse to start on topics that differ. */
    @Test
    void describesTheTopicsAsTheServicesDemandThem() {
        Map<String, JsonNode> topics = new TreeMap<>();
        production
                .ofKind("KafkaTopic")
                .forEach(topic -> topics.put(topic.at("/spec/topicName").asText(), topic));

        assertThat(topics.keySet())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Topic.values())
                        .map(topic -> topic.name("prod-"))
                        .toList());
        for (Topic topic : Topic.values()) {
            JsonNode spec = topics.get(topic.name("prod-")).path("spec");
            Map<String, String> config = new HashMap<>();
            spec.path("config")
                    .fields()
                    .forEachRemaining(
                            entry -> config.put(entry.getKey(), entry.getValue().asText()));
            Map<String, String> wanted = new HashMap<>(topic.settings());
            wanted.put("min.insync.replicas", "2");
            assertThat(config).as(topic.baseName()).isEqualTo(wanted);
            assertThat(spec.path("partitions").asInt()).isEqualTo(topic.partitions());
            assertThat(spec.path("replicas").asInt()).isEqualTo(3);
        }
    }

    @Test
    void keepsTopicsWhenTheReleaseGoes() {
        assertThat(production.ofKind("KafkaTopic")).allSatisfy(topic -> {
            assertThat(topic.at("/metadata/annotations/helm.sh~1resource-policy")
                            .asText())
                    .isEqualTo("keep");
            assertThat(topic.at("/metadata/namespace").asText()).isEqualTo("kafka");
            assertThat(topic.at("/metadata/labels/strimzi.io~1cluster").asText())
                    .isEqualTo("halo");
        });
    }

    @Test
    void namesATopicWithAPrefixThatIsNoResourceName() {
        Rendered release = Chart.render("one-node.yaml", """
            kafka: {topicPrefix: Test_1., topics: {mode: strimzi}, strimzi: {cluster: c}}
            """);

        assertThat(release.ofKind("KafkaTopic"))
                .extracting(topic -> topic.at("/metadata/name").asText() + " "
                        + topic.at("/spec/topicName").asText())
                .contains("test-1.halo.queries Test_1.halo.queries");
    }

    /** From the table of topics in the architecture: who writes, who reads. */
    @Test
    void letsEachServiceDoWhatItDoesAndNoMore() {
        assertThat(topicsWith("gateway", "Write")).containsExactly("halo.queries", "halo.slots");
        assertThat(topicsWith("routing", "Write"))
                .containsExactly("halo.replies", "halo.results", "halo.sessions", "halo.slots");
        assertThat(topicsWith("registry", "Write")).containsExactly("halo.authority", "halo.integrators", "halo.sites");
        assertThat(topicsWith("gateway", "Read")).doesNotContain("halo.queries");
        assertThat(topicsWith("routing", "Read")).doesNotContain("halo.replies", "halo.integrators");
        assertThat(topicsWith("registry", "Read")).doesNotContain("halo.queries", "halo.replies", "halo.results");
        for (String service : List.of("gateway", "routing", "registry")) {
            assertThat(topicsWith(service, "Describe")).hasSize(Topic.values().length);
            assertThat(topicsWith(service, "DescribeConfigs")).hasSize(Topic.values().length);
            assertThat(topicsWith(service, "Create")).isEmpty();
        }
        assertThat(acls("gateway"))
                .anyMatch(acl -> acl.at("/resource/name").asText().equals("prod-halo-gateway"));
        assertThat(acls("registry"))
                .anyMatch(acl -> acl.at("/resource/name").asText().equals("prod-halo-registry-outbox"));
    }

    @Test
    void letsServicesMakeTopicsWhereNobodyElseDoes() {
        Rendered release = Chart.render("production.yaml", "kafka: {topics: {mode: services}}");

        JsonNode user = release.ofKind("KafkaUser").get(0);

        assertThat(user.at("/spec/authorization/acls/0/operations").toString()).contains("Create");
    }

    /** A KafkaUser's Secret has its name, so nothing has to be copied within one namespace. */
    @Test
    void readsTheSecretThatItsKafkaUserMakes() {
        Rendered release = Chart.render("one-node.yaml", """
            kafka:
              securityProtocol: SSL
              tls: {clientCertificates: true, caSecret: c-cluster-ca-cert}
              strimzi: {cluster: c, users: true}
            """);

        release.ofKind("KafkaUser").forEach(user -> {
            String name = user.at("/metadata/name").asText();
            assertThat(user.at("/spec/authentication/type").asText()).isEqualTo("tls");
            assertThat(release.pod(name.replace("halo-", "")).getVolumes())
                    .filteredOn(volume -> volume.getName().equals("kafka-user"))
                    .singleElement()
                    .satisfies(volume ->
                            assertThat(volume.getSecret().getSecretName()).isEqualTo(name));
        });
        assertThat(release.ofKind("KafkaUser")).hasSize(3);
    }

    private Set<String> topicsWith(String service, String operation) {
        Set<String> topics = new TreeSet<>();
        for (JsonNode acl : acls(service)) {
            if (acl.at("/resource/type").asText().equals("topic")
                    && acl.path("operations").toString().contains('"' + operation + '"')) {
                topics.add(acl.at("/resource/name").asText().replace("prod-", ""));
            }
        }
        return topics;
    }

    private Iterable<JsonNode> acls(String service) {
        return production.ofKind("KafkaUser").stream()
                .filter(user -> user.at("/metadata/name").asText().equals("halo-" + service))
                .findFirst()
                .orElseThrow()
                .at("/spec/authorization/acls");
    }
}
