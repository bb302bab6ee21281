package dev.halo.systemtests.client;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * What the API answered.
 *
 * @param status HTTP status
 * @param json the body; missing where there is none
 */
public record Answer(int status, HttpHeaders headers, JsonNode json) {

    // Numbers as they were written: 12.30 is not 12.3 where a column's scale is to be kept.
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    static Answer of(int status, HttpHeaders headers, byte[] body) {
        return new Answer(status, headers, body.length == 0 ? MissingNode.getInstance() : parse(body));
    }

    static JsonNode parse(byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + new String(json, StandardCharsets.UTF_8), e);
        }
    }

    /** The message of the error envelope; empty where the body is none. */
    public String message() {
        return json.path("error").path("message").asText("");
    }

    /** The query's id, of a query object. */
    public String id() {
        return json.path("id").asText();
    }

    /** {@code errorDetails.errorType} of a failed query; empty where it did not fail. */
    public String errorType() {
        return json.path("errorDetails").path("errorType").asText("");
    }

    /** {@code errorDetails.errorCode} of a failed query; 0 where it did not fail. */
    public int errorCode() {
        return json.path("errorDetails").path("errorCode").asInt();
    }

    /** {@code errorDetails.errorMessage} of a failed query; empty where it did not fail. */
    public String errorMessage() {
        return json.path("errorDetails").path("errorMessage").asText("");
    }

    /** {@code status} of a query object. */
    public String queryStatus() {
        return json.path("status").asText("");
    }

    /** The rows of a page or of a registered query's result. */
    public JsonNode pageRows() {
        return parse(Base64.getDecoder().decode(json.path("data").asText()));
    }

    /** A header of the answer; empty where there is none. */
    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** The decoded JSON array of rows. */
    public JsonNode data() {
        return parse(dataBytes());
    }

    /** The rows' JSON as it was encoded. */
    public byte[] dataBytes() {
        return Base64.getDecoder().decode(json.path("result").path("data").asText());
    }

    /** The rows. */
    public List<JsonNode> rows() {
        List<JsonNode> rows = new ArrayList<>();
        data().forEach(rows::add);
        return rows;
    }

    /** The one row of the result. */
    public JsonNode row() {
        List<JsonNode> rows = rows();
        if (rows.size() != 1) {
            throw new AssertionError("expected one row, got " + rows.size());
        }
        return rows.get(0);
    }

    /** The one value of the one row. */
    public JsonNode value() {
        JsonNode row = row();
        if (row.size() != 1) {
            throw new AssertionError("expected one column, got " + row.size());
        }
        return row.elements().next();
    }

    /** A value that came out of a procedure, decoded; null where it is SQL NULL. */
    public String output(String name) {
        for (JsonNode parameter : json.path("result").path("parameters")) {
            if (parameter.path("name").asText().replaceFirst("^@", "").equalsIgnoreCase(name)) {
                JsonNode value = parameter.path("value");
                return value.isTextual()
                        ? new String(Base64.getDecoder().decode(value.asText()), StandardCharsets.UTF_8)
                        : null;
            }
        }
        throw new AssertionError("no output parameter " + name + " in " + json.path("result"));
    }

    /** For the messages of failed assertions. */
    @Override
    public String toString() {
        String text = json.toString();
        return status + " " + (text.length() > 1_000 ? text.substring(0, 1_000) + "…" : text);
    }
}
