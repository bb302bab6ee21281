package dev.halo.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.OutcomeCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenFileTest {

    static List<Samples.Sample> samples() {
        return Samples.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aMessageIsWrittenAsItsGoldenFile(Samples.Sample sample) {
        GoldenFile.assertJson(sample.name(), Json.bytes(sample.message()));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aGoldenFileIsReadAsItsMessage(Samples.Sample sample) {
        assertThat((Object) Json.read(GoldenFile.bytes(sample.name() + ".json"), sample.readAs()))
                .isEqualTo(sample.message());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void whatIsWrittenIsReadAgain(Samples.Sample sample) {
        assertThat((Object) Json.read(Json.bytes(sample.message()), sample.readAs()))
                .isEqualTo(sample.message());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void fieldsOfANewerSenderAreIgnored(Samples.Sample sample) throws IOException {
        // Given the message with an unknown field in each of its objects
        ObjectMapper mapper = new ObjectMapper();
        JsonNode tree = mapper.readTree(GoldenFile.bytes(sample.name() + ".json"));
        addUnknown(tree);

        // When it is read
        Object read = Json.read(mapper.writeValueAsBytes(tree), sample.readAs());

        // Then nothing has changed
        assertThat(read).isEqualTo(sample.message());
    }

    /** Of the trace context and of authority's versions: what a map holds is not the protocol's. */
    private static final Set<String> MAPS = Set.of("trace", "versions");

    private static void addUnknown(JsonNode node) {
        node.properties().stream()
                .filter(field -> !MAPS.contains(field.getKey()))
                .forEach(field -> addUnknown(field.getValue()));
        if (node.isArray()) {
            node.elements().forEachRemaining(GoldenFileTest::addUnknown);
        }
        if (node instanceof ObjectNode object) {
            object.put("addedLater", 1).putObject("addedObject").put("kind", "unknown");
        }
    }

    @Test
    void aFrameWithABodyHasItsGoldenBytes() {
        // Given an outcome with its rows as the body of a frame
        ByteBuffer rows = ByteBuffer.wrap("[{\"A\":1}]\n\n".getBytes(StandardCharsets.UTF_8));
        Outcome outcome = (Outcome) sample("outcome-rows").message();

        // When both are encoded
        ByteBuffer body = OutcomeCodec.encode(outcome, rows);
        ByteBuffer message = FrameCodec.encode(
                (dev.halo.protocol.frame.Frame) sample("frame-ended").message(), body);

        // Then the bytes are those of the last release
        GoldenFile.assertHex("outcome-rows", bytes(body));
        GoldenFile.assertHex("frame-ended", bytes(message));
    }

    @Test
    void headersHaveTheirGoldenNamesAndTexts() {
        MessageHeaders headers = new MessageHeaders(
                MessageType.QUERY,
                Samples.QUERY,
                Samples.INTEGRATOR,
                Samples.LINK,
                Samples.SESSION,
                29_500L,
                Samples.TRACEPARENT);

        TreeMap<String, String> texts = headers.toMap().entrySet().stream()
                .collect(Collectors.toMap(
                        java.util.Map.Entry::getKey,
                        entry -> new String(entry.getValue(), StandardCharsets.UTF_8),
                        (a, b) -> a,
                        TreeMap::new));

        GoldenFile.assertJson("headers", Json.bytes(texts));
    }

    @Test
    void typesOfMessagesHaveTheirGoldenNames() {
        TreeMap<String, String> names = new TreeMap<>();
        for (MessageType type : MessageType.values()) {
            names.put(type.name(), type.wire());
        }

        GoldenFile.assertJson("message-types", Json.bytes(names));
    }

    private static Samples.Sample sample(String name) {
        return Samples.all().stream()
                .filter(sample -> sample.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
