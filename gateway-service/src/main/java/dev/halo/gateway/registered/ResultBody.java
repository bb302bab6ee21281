package dev.halo.gateway.registered;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halo.gateway.body.RowsBody;
import dev.halo.gateway.query.QueryRenderer;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Makes the answer with the latest result; its rows are encoded as they are sent. */
@ApplicationScoped
class ResultBody {

    private static final byte[] BEFORE = "{\"data\":\"".getBytes(StandardCharsets.US_ASCII);

    private final ObjectMapper mapper;

    ResultBody(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    RowsBody of(RunStore.Result result) {
        RegisteredJson.Result after = new RegisteredJson.Result(
                "",
                QueryRenderer.parameters(result.parameters()),
                result.count(),
                result.rows().size());
        try {
            // What stands behind the rows' place in the object as it is without them.
            byte[] json = mapper.writeValueAsBytes(after);
            byte[] tail = Arrays.copyOfRange(json, BEFORE.length, json.length);
            return new RowsBody(BEFORE, result.rows(), tail);
        } catch (JsonProcessingException e) {
            result.rows().close();
            throw new IllegalStateException("a result is always JSON", e);
        }
    }
}
