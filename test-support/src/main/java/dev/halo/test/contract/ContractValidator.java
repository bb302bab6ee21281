package dev.halo.test.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Holds responses of the integrator API against its structure. Beyond the structure, whose schemas leave almost every
 * field optional, an error must be a complete envelope that repeats the status, or the complete object of a failed
 * immediate query where the API gives one.
 */
public final class ContractValidator {

    private static final Structure STRUCTURE = Structure.load();
    private static final String IMMEDIATE = "createImmediateQuery";
    private static final Set<Integer> FAILED_IMMEDIATE = Set.of(400, 413, 504);
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z");
    private static final Pattern TIME_FIELD = Pattern.compile(".*(At|Time|TimestampUTC)");

    private ContractValidator() {}

    /**
     * Fails if a response is not one that the API gives.
     *
     * @param path of the request; a query string is left out of account
     * @param contentType null where the response has none
     * @param body empty where the response has none
     */
    public static void assertConforms(String method, String path, int status, String contentType, String body) {
        List<String> problems = problems(method, URI.create(path).getPath(), status, contentType, body);
        if (!problems.isEmpty()) {
            throw new AssertionError("The answer " + status + " to " + method + " " + path
                    + " is not what the integrator API gives:\n  " + String.join("\n  ", problems));
        }
    }

    private static List<String> problems(String method, String path, int status, String contentType, String body) {
        Optional<Structure.Operation> operation = STRUCTURE.operation(method, path);
        boolean isStream = operation.isPresent() && operation.get().template().endsWith("/stream") && status == 200;
        if (body == null || body.isEmpty()) {
            // A page without rows has no lines.
            boolean allowed = status == 204 || method.equals("HEAD") || isStream && isLines(contentType);
            return allowed ? List.of() : List.of("it has no body");
        }
        if (status == 204) {
            return List.of("it must not have a body");
        }
        if (isStream) {
            return stream(contentType, body);
        }
        if (contentType == null || !contentType.matches("application/(fhir\\+)?json(;.*)?")) {
            return List.of("its content type is " + contentType);
        }
        JsonNode json;
        try {
            json = Structure.parse(body);
        } catch (IOException e) {
            return List.of("its body is not JSON");
        }
        List<String> problems = new ArrayList<>(times("", json));
        if (status >= 400) {
            problems.addAll(error(operation, status, contentType, json));
        } else if (operation.isEmpty()) {
            problems.add("the structure has no such operation");
        } else {
            problems.addAll(success(operation.get(), status, json));
        }
        return problems;
    }

    private static List<String> success(Structure.Operation operation, int status, JsonNode json) {
        // The structure gives this operation to async queries only; an immediate is answered as its own object.
        if (operation.id().equals("getQuery") && json.path("mode").asText().equals("immediate")) {
            return json.path("status").asText().equals("successful")
                    ? STRUCTURE.problems(STRUCTURE.named("SuccessfulImmediateQuery"), json)
                    : STRUCTURE.problems(STRUCTURE.named("ExecutionFailedImmediateQuery"), json);
        }
        return STRUCTURE
                .schema(operation, status)
                .map(schema -> STRUCTURE.problems(schema, json))
                .orElse(List.of("the structure gives " + operation.template() + " no answer " + status));
    }

    private static List<String> error(
            Optional<Structure.Operation> operation, int status, String contentType, JsonNode json) {
        if (contentType.startsWith("application/fhir+json")) {
            return json.path("resourceType").asText().equals("OperationOutcome")
                    ? List.of()
                    : List.of("a FHIR error must be an OperationOutcome");
        }
        if (json.has("error")) {
            return envelope(status, json.path("error"));
        }
        boolean immediate =
                operation.map(Structure.Operation::id).filter(IMMEDIATE::equals).isPresent();
        if (!immediate || !FAILED_IMMEDIATE.contains(status)) {
            return List.of("an error must be in the envelope");
        }
        List<String> problems =
                new ArrayList<>(STRUCTURE.problems(STRUCTURE.named("ExecutionFailedImmediateQuery"), json));
        for (String field : List.of("statusTiming", "errorDetails", "errorCode", "errorMessage", "completedAt")) {
            if (!json.has(field)) {
                problems.add("a failed immediate must have " + field);
            }
        }
        for (String field : List.of("errorType", "errorCode", "errorMessage")) {
            if (!json.path("errorDetails").has(field)) {
                problems.add("errorDetails must have " + field);
            }
        }
        return problems;
    }

    private static List<String> envelope(int status, JsonNode error) {
        List<String> problems = new ArrayList<>();
        if (error.path("status").asInt() != status) {
            problems.add("error.status must be " + status);
        }
        for (String field : List.of("statusText", "message")) {
            if (!error.path(field).isTextual() || error.path(field).asText().isBlank()) {
                problems.add("error." + field + " must be a text");
            }
        }
        return problems;
    }

    private static List<String> times(String at, JsonNode json) {
        List<String> problems = new ArrayList<>();
        json.fields().forEachRemaining(field -> {
            JsonNode value = field.getValue();
            String where = at + "/" + field.getKey();
            if (value.isTextual()
                    && TIME_FIELD.matcher(field.getKey()).matches()
                    && !TIME.matcher(value.asText()).matches()) {
                problems.add(where + " must be a time in UTC with milliseconds");
            }
            problems.addAll(times(where, value));
        });
        if (json.isArray()) {
            json.forEach(element -> problems.addAll(times(at + "[]", element)));
        }
        return problems;
    }

    private static boolean isLines(String contentType) {
        return contentType != null && contentType.startsWith("application/x-ndjson");
    }

    private static List<String> stream(String contentType, String body) {
        try {
            if (isLines(contentType)) {
                for (String line : body.split("\n")) {
                    if (!Structure.parse(line).isObject()) {
                        return List.of("each line must be a row");
                    }
                }
                return List.of();
            }
            return Structure.isArray(body) ? List.of() : List.of("a streamed page must be an array");
        } catch (IOException e) {
            return List.of("its body is not JSON");
        }
    }
}
