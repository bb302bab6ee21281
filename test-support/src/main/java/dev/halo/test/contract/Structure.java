package dev.halo.test.contract;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The structure of the integrator API, an OpenAPI 3.1 document, read for validation. Where it cannot be read strictly (
 * overlapping {@code oneOf} branches, a circular discriminator) at least one branch must fit: {@code oneOf} is taken as
 * {@code anyOf}, discriminators are left out.
 */
final class Structure {

    /** @param template the path as the structure writes it */
    record Operation(String template, String id, JsonNode responses) {}

    private static final String RESOURCE = "/contract/integrator-api.structure.json";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final JsonNode document;
    private final JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private final SchemaValidatorsConfig config =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    private final Map<JsonNode, JsonSchema> schemas = new ConcurrentHashMap<>();

    private Structure(JsonNode document) {
        this.document = document;
    }

    static Structure load() {
        try (InputStream in = Structure.class.getResourceAsStream(RESOURCE)) {
            return new Structure(relaxed(MAPPER.readTree(in)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode parse(String json) throws IOException {
        return MAPPER.readTree(json);
    }

    /** Whether it is one JSON array, of which there may be megabytes. */
    static boolean isArray(String json) throws IOException {
        try (JsonParser parser = MAPPER.createParser(json)) {
            return parser.nextToken() == JsonToken.START_ARRAY
                    && parser.skipChildren().currentToken() == JsonToken.END_ARRAY
                    && parser.nextToken() == null;
        }
    }

    /** The operation of a path; literal segments win over parameters. */
    Optional<Operation> operation(String method, String path) {
        List<String> templates = new ArrayList<>();
        document.path("paths").fieldNames().forEachRemaining(templates::add);
        return templates.stream()
                .filter(template -> matches(template, path))
                .min(Comparator.comparingLong(Structure::parameters))
                .map(template -> Map.entry(
                        template, document.path("paths").path(template).path(method.toLowerCase(Locale.ROOT))))
                .filter(found -> !found.getValue().isMissingNode())
                .map(found -> new Operation(
                        found.getKey(),
                        found.getValue().path("operationId").asText(),
                        found.getValue().path("responses")));
    }

    /** The schema of a JSON response; empty where the structure names none. */
    Optional<JsonNode> schema(Operation operation, int status) {
        JsonNode response = resolved(operation.responses().path(Integer.toString(status)));
        JsonNode schema = response.path("content").path("application/json").path("schema");
        return schema.isMissingNode() ? Optional.empty() : Optional.of(schema);
    }

    JsonNode named(String schema) {
        return MAPPER.createObjectNode().put("$ref", "#/components/schemas/" + schema);
    }

    /** What does not fit; empty if all does. */
    List<String> problems(JsonNode schema, JsonNode value) {
        return schemas.computeIfAbsent(schema, this::compile).validate(value).stream()
                .map(Object::toString)
                .toList();
    }

    private JsonSchema compile(JsonNode schema) {
        ObjectNode root = MAPPER.createObjectNode();
        root.putArray("allOf").add(schema);
        root.set("components", document.path("components"));
        return factory.getSchema(root, config);
    }

    private JsonNode resolved(JsonNode node) {
        String reference = node.path("$ref").asText("");
        return reference.startsWith("#/") ? resolved(document.at(reference.substring(1))) : node;
    }

    private static boolean matches(String template, String path) {
        String[] wanted = template.split("/");
        String[] given = path.split("/");
        // A FHIR read has any number of segments behind its base.
        if (template.endsWith("{fhirParameters}") ? given.length < wanted.length : given.length != wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (!wanted[i].startsWith("{") && !wanted[i].equals(given[i])) {
                return false;
            }
        }
        return true;
    }

    private static long parameters(String template) {
        return template.chars().filter(character -> character == '{').count();
    }

    private static JsonNode relaxed(JsonNode node) {
        if (node instanceof ArrayNode array) {
            ArrayNode copy = MAPPER.createArrayNode();
            array.forEach(element -> copy.add(relaxed(element)));
            return copy;
        }
        if (!(node instanceof ObjectNode object)) {
            return node;
        }
        ObjectNode copy = MAPPER.createObjectNode();
        object.fields().forEachRemaining(field -> {
            if (!field.getKey().equals("discriminator")) {
                copy.set(field.getKey().equals("oneOf") ? "anyOf" : field.getKey(), relaxed(field.getValue()));
            }
        });
        return copy;
    }
}
