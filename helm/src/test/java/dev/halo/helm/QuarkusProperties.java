package dev.halo.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The properties of the Quarkus extensions on the class path, from the descriptions that their jars carry. */
final class QuarkusProperties {

    private static final String MODEL = "META-INF/quarkus-config-doc/quarkus-config-model.json";
    private static final String ANY_KEY = "*";

    private static final Map<String, String> PHASES = read();

    private QuarkusProperties() {}

    /** {@code RUN_TIME}, another phase in which setting it would change nothing, or {@code unknown}. */
    static String phase(String property) {
        return PHASES.getOrDefault(withoutKeys(property), PHASES.getOrDefault(property, "unknown"));
    }

    private static String withoutKeys(String property) {
        return property.replaceAll("\"[^\"]*\"", ANY_KEY);
    }

    private static Map<String, String> read() {
        Map<String, String> phases = new HashMap<>();
        ObjectMapper json = new ObjectMapper();
        try {
            for (URL model :
                    Collections.list(QuarkusProperties.class.getClassLoader().getResources(MODEL))) {
                try (InputStream in = model.openStream()) {
                    collect(json.readTree(in), phases);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return phases;
    }

    private static void collect(JsonNode node, Map<String, String> phases) {
        if (node.has("path") && node.has("phase")) {
            String phase = node.path("phase").asText();
            phases.put(withoutKeys(node.at("/path/property").asText()), phase);
            node.path("additionalPaths")
                    .forEach(
                            path -> phases.put(withoutKeys(path.path("property").asText()), phase));
        }
        node.forEach(child -> collect(child, phases));
    }
}
