package dev.halo.protocol.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.golden.GoldenFile;
import dev.halo.protocol.golden.Samples;
import dev.halo.protocol.json.MalformedMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomeCodecTest {

    private static final long SEED = 815;
    private static final byte[] ROWS = "[{\"A\":1},2]".getBytes(StandardCharsets.UTF_8);

    static List<Samples.Sample> outcomes() {
        return Samples.all().stream()
                .filter(sample -> sample.message() instanceof Outcome)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void anOutcomeComesBackWithItsRows(Samples.Sample sample) {
        // Given an outcome, with rows where it has them inline
        Outcome outcome = (Outcome) sample.message();
        ByteBuffer rows = ByteBuffer.wrap(isInline(outcome) ? ROWS : new byte[0]);

        // When it is encoded and decoded
        OutcomeCodec.Decoded decoded = OutcomeCodec.decode(OutcomeCodec.encode(outcome, rows));

        // Then both are the same, and the rows were not consumed
        assertThat(decoded).isEqualTo(new OutcomeCodec.Decoded(outcome, rows));
        assertThat(rows.position()).isZero();
    }

    @Test
    void theRowsAreAViewOfTheMessage() {
        ByteBuffer message = OutcomeCodec.encode(inline(ROWS.length), ByteBuffer.wrap(ROWS));

        assertThat(OutcomeCodec.decode(message).rows().array()).isSameAs(message.array());
        assertThat(message.position()).isZero();
    }

    @Test
    void theGoldenBytesAreRead() {
        byte[] golden = HexFormat.of()
                .parseHex(new String(GoldenFile.bytes("outcome-rows.hex"), StandardCharsets.US_ASCII)
                        .replaceAll("\\s", ""));

        assertThat(OutcomeCodec.decode(ByteBuffer.wrap(golden)).outcome()).isInstanceOf(Outcome.Rows.class);
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void anOutcomeThatIsCutIsMalformed(Samples.Sample sample) {
        Outcome outcome = (Outcome) sample.message();
        ByteBuffer whole = OutcomeCodec.encode(outcome, ByteBuffer.wrap(isInline(outcome) ? ROWS : new byte[0]));
        for (int length = 0; length < whole.remaining(); length++) {
            ByteBuffer cut = whole.slice(0, length);
            assertThatThrownBy(() -> OutcomeCodec.decode(cut)).isInstanceOf(MalformedMessage.class);
        }
    }

    @Test
    void rowsThatShouldNotBeThereAreMalformed() {
        ByteBuffer message = OutcomeCodec.encode(
                new Outcome.Released(Outcome.ReleaseCause.DRAINING),
                ByteBuffer.wrap("MARKER".getBytes(StandardCharsets.UTF_8)));

        assertThatThrownBy(() -> OutcomeCodec.decode(message))
                .isInstanceOf(MalformedMessage.class)
                .hasMessageNotContaining("MARKER");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "[]",
                "{\"kind\":\"MARKER\"}",
                "{\"kind\":\"released\",\"cause\":\"MARKER\"}",
                "{\"kind\":\"failed\",\"failure\":{\"type\":\"MARKER\"}}",
                "{\"kind\":\"rows\",\"rows\":1}"
            })
    void aHeaderThatIsNoOutcomeIsMalformed(String header) {
        byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = ByteBuffer.allocate(4 + bytes.length)
                .putInt(bytes.length)
                .put(bytes)
                .flip();

        assertThatThrownBy(() -> OutcomeCodec.decode(message))
                .isInstanceOf(MalformedMessage.class)
                .hasMessageNotContaining("MARKER")
                .hasNoCause();
    }

    @Test
    void garbageIsMalformedAndNothingElse() {
        Random random = new Random(SEED);
        for (int round = 0; round < 20_000; round++) {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            assertThatThrownBy(() -> OutcomeCodec.decode(ByteBuffer.wrap(garbage)))
                    .isInstanceOf(MalformedMessage.class);
        }
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void aDamagedOutcomeIsReadOrMalformed(Samples.Sample sample) {
        Random random = new Random(SEED);
        byte[] whole = OutcomeCodec.encode((Outcome) sample.message()).array();
        for (int round = 0; round < 1_000; round++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            try {
                assertThat(OutcomeCodec.decode(ByteBuffer.wrap(damaged))).isNotNull();
            } catch (MalformedMessage e) {
                assertThat(e).hasNoCause();
            }
        }
    }

    private static boolean isInline(Outcome outcome) {
        return outcome instanceof Outcome.Rows rows && rows.storage() == Outcome.Storage.INLINE;
    }

    private static Outcome inline(int size) {
        return new Outcome.Rows(2, size, Outcome.Storage.INLINE, null, Timing.NONE);
    }
}
