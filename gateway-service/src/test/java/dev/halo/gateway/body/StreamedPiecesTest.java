package dev.halo.gateway.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamedPiecesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | ''",
                "[{}] | '{}\n'",
                "[{\"A\":1},{\"A\":2}] | '{\"A\":1}\n{\"A\":2}\n'",
                "[ {\"A\" : [1, {\"B\":2}]} ,\t{\"C\":\"],}{\\\"\"} ] | '{\"A\":[1,{\"B\":2}]}\n{\"C\":\"],}{\\\"\"}\n'",
                "[{\"A\":\"ü\\\\\"},{\"B\":\" \"}] | '{\"A\":\"ü\\\\\"}\n{\"B\":\" \"}\n'"
            })
    void anArrayBecomesLines(String array, String lines) throws IOException {
        for (int piece = 1; piece <= 7; piece++) {
            assertThat(text(read(new NdjsonPieces(inPieces(array, piece, new AtomicInteger())))))
                    .as("pieces of " + piece)
                    .isEqualTo(lines);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "[{\"A\":\"a longer text that is cut into many pieces\"}]"})
    void gzipUnpacksToTheSame(String plain) throws IOException {
        AtomicInteger closed = new AtomicInteger();
        GzipPieces gzip = new GzipPieces(inPieces(plain, 5, closed));

        byte[] compressed = read(gzip);
        gzip.close();

        assertThat(text(new GZIPInputStream(new ByteArrayInputStream(compressed)).readAllBytes()))
                .isEqualTo(plain);
        assertThat(closed).hasValue(1);
    }

    private static byte[] read(Pieces pieces) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece = pieces.next(); piece != null; piece = pieces.next()) {
            assertThat(piece).isNotEmpty();
            all.write(piece);
        }
        return all.toByteArray();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Pieces inPieces(String text, int size, AtomicInteger closed) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Pieces() {
            private int at;

            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public byte[] next() {
                if (at >= bytes.length) {
                    return null;
                }
                int from = at;
                at = Math.min(bytes.length, at + size);
                return Arrays.copyOfRange(bytes, from, at);
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }
}
