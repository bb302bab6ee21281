package dev.halo.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.golden.Samples;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.session.SlotRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    private static final long SEED = 20260301;

    static java.util.List<Samples.Sample> samples() {
        return Samples.all();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "[]", "7", "\"MARKER-4711\"", "{", "{}", "{\"slot\":\"MARKER-4711\"}"})
    void whatIsNoMessageIsMalformed(String text) {
        assertThatThrownBy(() -> Json.read(text.getBytes(StandardCharsets.UTF_8), SlotRecord.class))
                .isInstanceOf(MalformedMessage.class)
                .hasMessageStartingWith("not a SlotRecord")
                .hasMessageNotContaining("MARKER")
                .hasNoCause();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aMessageThatIsCutIsMalformed(Samples.Sample sample) {
        byte[] whole = Json.bytes(sample.message());
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Json.read(cut, sample.readAs())).isInstanceOf(MalformedMessage.class);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void somethingBehindAMessageMakesItMalformed(Samples.Sample sample) {
        byte[] padded = (new String(Json.bytes(sample.message()), StandardCharsets.UTF_8) + "{}")
                .getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Json.read(padded, sample.readAs())).isInstanceOf(MalformedMessage.class);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aDamagedMessageIsReadOrMalformedAndNothingElse(Samples.Sample sample) {
        Random random = new Random(SEED);
        for (int round = 0; round < 500; round++) {
            byte[] damaged = Json.bytes(sample.message());
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                Json.read(damaged, sample.readAs());
            } catch (MalformedMessage e) {
                assertThat(e).hasNoCause();
            }
        }
    }

    @Test
    void aMalformedMessageNeverQuotesItsContent() {
        // Given a request with a value where another type belongs, and with a field's value that its record refuses
        String mode = "{\"queryId\":\"" + Samples.QUERY + "\",\"mode\":\"MARKER-4711\"}";
        String number = "{\"queueMillis\":\"MARKER-4711\",\"command\":{\"text\":\"select MARKER-4711\"}}";
        String id = "{\"queryId\":\"MARKER-4711\"}";

        for (String text : new String[] {mode, number, id}) {
            // When it is read, then the error says where, not what
            assertThatThrownBy(() -> Json.read(text.getBytes(StandardCharsets.UTF_8), QueryRequest.class))
                    .isInstanceOf(MalformedMessage.class)
                    .hasMessageContaining("at byte")
                    .hasMessageNotContaining("MARKER")
                    .hasNoCause();
        }
    }

    @Test
    void deepNestingIsMalformedAndNoOverflow() {
        String deep = "{\"addedLater\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";

        assertThatThrownBy(() -> Json.read(deep.getBytes(StandardCharsets.UTF_8), QueryRequest.class))
                .isInstanceOf(MalformedMessage.class);
    }

    @Test
    void aPartOfAnArrayIsRead() {
        byte[] message = Json.bytes(Samples.request());
        byte[] padded = new byte[message.length + 20];
        System.arraycopy(message, 0, padded, 7, message.length);

        assertThat(Json.read(padded, 7, message.length, QueryRequest.class)).isEqualTo(Samples.request());
    }
}
