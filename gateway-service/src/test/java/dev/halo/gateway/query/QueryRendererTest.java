package dev.halo.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halo.gateway.body.BufferRows;
import dev.halo.gateway.body.JsonFormat;
import dev.halo.gateway.body.RowsBody;
import dev.halo.gateway.body.RowsBodyWriter;
import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.ParameterType;
import dev.halo.protocol.query.Timing;
import dev.halo.test.contract.ContractValidator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryRendererTest {

    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.006Z");
    private static final Instant COMPLETED = CREATED.plusMillis(100);
    private static final ImmediateQuery QUERY =
            new ImmediateQuery(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), 30_000, 20, 40, CREATED);
    private static final ObjectMapper MAPPER = mapper();

    private final QueryRenderer renderer = new QueryRenderer(MAPPER);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 100, 48 * 1024 - 1, 48 * 1024, 48 * 1024 + 1, 300_000})
    void rowsOfEveryLengthAreWrittenAsBase64(int length) throws IOException {
        byte[] rows = "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
        Outcome outcome = rows(length, List.of());

        RowsBody body =
                renderer.withRows(renderer.object(QUERY, outcome, COMPLETED), new BufferRows(ByteBuffer.wrap(rows)));
        String json = write(body);

        assertThat(json).hasSize(Math.toIntExact(body.length()));
        assertThat(MAPPER.readTree(json).path("result").path("data").asText())
                .isEqualTo(Base64.getEncoder().encodeToString(rows));
        conforms(200, json);
    }

    @Test
    void outputParametersStandBehindTheRows() throws IOException {
        Parameter output = new Parameter("\"data\":\"\"", Direction.OUTPUT, ParameterType.INT, "NDI=", null);

        String json = write(renderer.withRows(
                renderer.object(QUERY, rows(2, List.of(output)), COMPLETED),
                new BufferRows(ByteBuffer.wrap("[]".getBytes(StandardCharsets.US_ASCII)))));

        assertThat(MAPPER.readTree(json).path("result").path("data").asText()).isEqualTo("W10=");
        assertThat(MAPPER.readTree(json)
                        .path("result")
                        .path("parameters")
                        .get(0)
                        .path("value")
                        .asText())
                .isEqualTo("NDI=");
        conforms(200, json);
    }

    @Test
    void timesAreThoseOfTheStages() throws IOException {
        Outcome outcome = new Outcome.Affected(1, List.of(), new Timing(10, 20, 15, 5));

        var json = MAPPER.readTree(renderer.bytes(renderer.object(QUERY, outcome, COMPLETED)));

        assertThat(json.at("/statusTiming/initialising/startTime").asText()).isEqualTo("2026-01-02T03:04:05.006Z");
        assertThat(json.at("/statusTiming/executing/startTime").asText()).isEqualTo("2026-01-02T03:04:05.016Z");
        assertThat(json.at("/statusTiming/uploading/startTime").asText()).isEqualTo("2026-01-02T03:04:05.036Z");
        assertThat(json.at("/metrics/sqlExecutionDuration").asInt()).isEqualTo(15);
        assertThat(json.at("/completedAt").asText()).isEqualTo("2026-01-02T03:04:05.106Z");
    }

    @Test
    void aFailureIsSaidTwice() throws IOException {
        Outcome outcome = new Outcome.Failed(LinkErrorCode.EXECUTION_LIMIT.failure("It ran too long."), null);

        byte[] bytes = renderer.bytes(renderer.object(QUERY, outcome, COMPLETED));

        var json = MAPPER.readTree(bytes);
        assertThat(json.path("errorCode").asInt()).isEqualTo(1003);
        assertThat(json.at("/errorDetails/errorCode").asInt()).isEqualTo(1003);
        assertThat(json.at("/errorDetails/errorType").asText()).isEqualTo("haloLink");
        conforms(504, new String(bytes, StandardCharsets.UTF_8));
    }

    private static Outcome.Rows rows(long size, List<Parameter> parameters) {
        return new Outcome.Rows(1, size, Outcome.Storage.INLINE, parameters, new Timing(0, 1, 1, 0));
    }

    private static String write(RowsBody body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new RowsBodyWriter().writeTo(body, RowsBody.class, RowsBody.class, null, null, null, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void conforms(int status, String json) {
        ContractValidator.assertConforms(
                "POST", "/integrator/sites/" + QUERY.siteId() + "/queries/immediate", status, "application/json", json);
    }

    private static ObjectMapper mapper() {
        ObjectMapper mapper = new ObjectMapper();
        new JsonFormat().customize(mapper);
        return mapper;
    }
}
