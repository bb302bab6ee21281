package dev.halo.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.frame.FrameCodec.Decoded;
import dev.halo.protocol.golden.GoldenFile;
import dev.halo.protocol.golden.Samples;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.site.Environment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameCodecTest {

    private static final long SEED = 4711;

    static List<Samples.Sample> frames() {
        return Samples.all().stream()
                .filter(sample -> sample.message() instanceof Frame)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("frames")
    void aFrameComesBackWithItsBody(Samples.Sample sample) {
        // Given a body in the middle of a larger buffer
        ByteBuffer body = ByteBuffer.wrap("..rows..".getBytes(StandardCharsets.UTF_8), 2, 4);

        // When it is encoded and decoded
        Decoded decoded = FrameCodec.decode(FrameCodec.encode((Frame) sample.message(), body));

        // Then all is there, and the body was not consumed
        assertThat(decoded)
                .isEqualTo(new Decoded.Known(
                        (Frame) sample.message(), ByteBuffer.wrap("rows".getBytes(StandardCharsets.UTF_8))));
        assertThat(body.remaining()).isEqualTo(4);
    }

    @ParameterizedTest
    @MethodSource("frames")
    void aFrameWithoutABodyHasAnEmptyOne(Samples.Sample sample) {
        assertThat(FrameCodec.decode(FrameCodec.encode((Frame) sample.message())))
                .isEqualTo(new Decoded.Known((Frame) sample.message(), ByteBuffer.allocate(0)));
    }

    @Test
    void decodingLeavesTheMessageAsItIs() {
        ByteBuffer message = FrameCodec.encode(new Frame.Ping(3));

        FrameCodec.decode(message);

        assertThat(message.position()).isZero();
        assertThat(FrameCodec.decode(message)).isInstanceOf(Decoded.Known.class);
    }

    @Test
    void theGoldenBytesAreRead() {
        byte[] golden = HexFormat.of()
                .parseHex(new String(GoldenFile.bytes("frame-ended.hex"), StandardCharsets.US_ASCII)
                        .replaceAll("\\s", ""));

        assertThat(FrameCodec.decode(ByteBuffer.wrap(golden)))
                .isInstanceOfSatisfying(
                        Decoded.Known.class, known -> assertThat(known.frame()).isInstanceOf(Frame.Ended.class));
    }

    @Test
    void aFrameOfANewerVersionIsUnknown() {
        assertThat(FrameCodec.decode(message(1, "{\"frame\":\"teleport\",\"to\":\"MARKER\"}")))
                .isEqualTo(new Decoded.Unknown());
    }

    @Test
    void aNewerLinksHelloCanBeRead() {
        ByteBuffer message = FrameCodec.encode(new Frame.Hello(2, "9.9", Environment.STAGE, null, null, null));
        message.put(0, (byte) 2);

        assertThat(FrameCodec.decode(message)).isInstanceOf(Decoded.Known.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "\"MARKER\"",
                "{\"frame\":null}",
                "{\"frame\":\"ping\",\"number\":\"MARKER\"}",
                "{\"frame\":\"queued\",\"queryId\":\"MARKER\"}",
                "{\"frame\":\"queued\"}",
                "{\"frame\":\"ping\",\"number\":1}{}",
                "{\"frame\":\"credit\",\"siteId\":\"22222222-2222-4222-8222-222222222222\",\"unfinished\":-1}"
            })
    void aHeaderThatIsNoFrameIsMalformed(String header) {
        assertThat(FrameCodec.decode(message(1, header)))
                .isInstanceOfSatisfying(Decoded.Malformed.class, malformed -> assertThat(malformed.reason())
                        .doesNotContain("MARKER"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 32, 1_000_000})
    void aReplySlotThatIsNoneIsMalformed(int slot) {
        String header = "{\"frame\":\"ended\",\"queryId\":\"" + Samples.QUERY + "\",\"siteId\":\"" + Samples.SITE
                + "\",\"replySlot\":" + slot + "}";

        assertThat(FrameCodec.decode(message(1, header))).isInstanceOf(Decoded.Malformed.class);
    }

    @Test
    void moreHeldQueriesThanTheBoundAreMalformed() {
        String ids = Stream.generate(() -> "\"" + UUID.randomUUID() + "\"")
                .limit(Frame.MAX_HELD + 1L)
                .reduce((a, b) -> a + "," + b)
                .orElseThrow();

        assertThat(FrameCodec.decode(
                        message(1, "{\"frame\":\"hello\",\"environment\":\"stage\",\"held\":[" + ids + "]}")))
                .isInstanceOf(Decoded.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 255, 128})
    void aVersionThatNeverWasIsMalformed(int version) {
        assertThat(FrameCodec.decode(message(version, "{\"frame\":\"ping\",\"number\":1}")))
                .isInstanceOf(Decoded.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, FrameCodec.MAX_HEADER_BYTES + 1})
    void aHeaderLengthThatCannotBeIsMalformed(int length) {
        ByteBuffer message = ByteBuffer.allocate(64).put((byte) 1).putInt(length);

        assertThat(FrameCodec.decode(message.rewind())).isInstanceOf(Decoded.Malformed.class);
    }

    @ParameterizedTest
    @MethodSource("frames")
    void aFrameThatIsCutIsMalformed(Samples.Sample sample) {
        ByteBuffer whole = FrameCodec.encode((Frame) sample.message());
        for (int length = 0; length < whole.remaining(); length++) {
            assertThat(FrameCodec.decode(whole.slice(0, length))).isInstanceOf(Decoded.Malformed.class);
        }
    }

    @Test
    void garbageIsMalformed() {
        Random random = new Random(SEED);
        for (int round = 0; round < 20_000; round++) {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            assertThat(FrameCodec.decode(ByteBuffer.wrap(garbage))).isInstanceOf(Decoded.Malformed.class);
        }
    }

    @ParameterizedTest
    @MethodSource("frames")
    void aDamagedFrameNeverThrows(Samples.Sample sample) {
        Random random = new Random(SEED);
        byte[] whole = FrameCodec.encode((Frame) sample.message()).array();
        for (int round = 0; round < 1_000; round++) {
            byte[] damaged = whole.clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            assertThat(FrameCodec.decode(ByteBuffer.wrap(damaged))).isNotNull();
        }
    }

    @Test
    void aHeaderOverItsBoundIsNotSent() {
        QueryRequest request = Samples.request();
        Frame tooLarge = new Frame.Query(
                new QueryRequest(
                        request.queryId(),
                        request.siteId(),
                        request.integratorId(),
                        request.mode(),
                        new Command("MARKER".repeat(200_000), null, null, null),
                        null,
                        0,
                        0,
                        request.createdAt()),
                null);

        assertThatThrownBy(() -> FrameCodec.encode(tooLarge))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("MARKER");
    }

    private static ByteBuffer message(int version, String header) {
        byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 + bytes.length)
                .put((byte) version)
                .putInt(bytes.length)
                .put(bytes)
                .flip();
    }
}
