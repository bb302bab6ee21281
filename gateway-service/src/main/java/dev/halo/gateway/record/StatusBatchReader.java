package dev.halo.gateway.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.halo.gateway.access.Ids;
import dev.halo.gateway.error.Refusal;
import dev.halo.protocol.query.QueryBounds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Reads the body of a request for the status of many queries. */
final class StatusBatchReader {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StatusBatchReader() {}

    /**
     * The ids, in the order asked.
     *
     * @throws Refusal 400 naming the field and the bound
     */
    static List<UUID> read(byte[] body) {
        JsonNode ids = json(body).path("queryIds");
        if (!ids.isArray() || ids.isEmpty() || ids.size() > QueryBounds.MAX_STATUS_BATCH) {
            throw Refusal.invalid(
                    "queryIds is required: an array of 1 to " + QueryBounds.MAX_STATUS_BATCH + " query ids.");
        }
        List<UUID> all = new ArrayList<>(ids.size());
        for (JsonNode id : ids) {
            all.add(Ids.parse(id.isTextual() ? id.asText() : "")
                    .orElseThrow(() -> Refusal.invalid("queryIds[" + all.size() + "] must be a UUID.")));
        }
        return all;
    }

    private static JsonNode json(byte[] body) {
        try {
            JsonNode json = MAPPER.readTree(body);
            if (json != null && json.isObject()) {
                return json;
            }
        } catch (JsonProcessingException e) {
            String message = e.getOriginalMessage();
            if (message != null && message.startsWith("Duplicate field")) {
                throw Refusal.invalid("The body repeats a field.");
            }
        } catch (IOException e) {
            throw new IllegalStateException("an array cannot fail to be read", e);
        }
        throw Refusal.invalid("The body must be a JSON object with the field queryIds.");
    }
}
