package dev.halo.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * What a release consists of.
 *
 * @param documents as they were rendered
 * @param objects the ones that Kubernetes itself knows, parsed strictly
 */
record Rendered(List<JsonNode> documents, List<HasMetadata> objects) {

    /** @throws AssertionError if a field is not one of its object */
    static Rendered of(String text) {
        try (MappingIterator<JsonNode> read =
                Chart.YAML.readerFor(JsonNode.class).readValues(text)) {
            List<JsonNode> documents = read.readAll().stream()
                    .filter(document -> document.has("kind"))
                    .toList();
            return new Rendered(
                    documents,
                    documents.stream()
                            .map(StrictObjects::parse)
                            .flatMap(Optional::stream)
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    <T extends HasMetadata> List<T> all(Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends HasMetadata> T one(Class<T> type, String name) {
        return all(type).stream()
                .filter(object -> object.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " " + name));
    }

    List<JsonNode> ofKind(String kind) {
        return documents.stream()
                .filter(document -> document.path("kind").asText().equals(kind))
                .toList();
    }

    boolean has(String kind, String name) {
        return ofKind(kind).stream()
                .anyMatch(document -> document.at("/metadata/name").asText().equals(name));
    }

    /** The pods' templates by component. */
    Map<String, PodTemplateSpec> pods() {
        Map<String, PodTemplateSpec> pods = new LinkedHashMap<>();
        all(StatefulSet.class)
                .forEach(set -> pods.put(component(set), set.getSpec().getTemplate()));
        all(Deployment.class)
                .forEach(set -> pods.put(component(set), set.getSpec().getTemplate()));
        return pods;
    }

    /** Of workloads and of the test. */
    List<PodSpec> podSpecs() {
        List<PodSpec> specs = new ArrayList<>();
        pods().values().forEach(template -> specs.add(template.getSpec()));
        all(Pod.class).forEach(pod -> specs.add(pod.getSpec()));
        return specs;
    }

    PodSpec pod(String component) {
        return pods().get(component).getSpec();
    }

    Container container(String component) {
        return pod(component).getContainers().get(0);
    }

    /** application.properties of a component. */
    Map<String, String> properties(String component) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(one(ConfigMap.class, Chart.RELEASE + "-" + component)
                    .getData()
                    .get("application.properties")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> byName = new LinkedHashMap<>();
        properties.stringPropertyNames().forEach(name -> byName.put(name, properties.getProperty(name)));
        return byName;
    }

    static String component(HasMetadata object) {
        return object.getMetadata().getLabels().get("app.kubernetes.io/component");
    }
}
