package dev.halo.gateway.page;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.halo.gateway.error.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageVerifierTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[] | 0", "[{}] | 1", "[{\"A\":[1,{\"B\":2}]},{\"A\":null}] | 2"})
    void acceptsWhatItsHeadersSay(String json, int rows) {
        assertThatCode(() -> PageVerifier.verify(page(json, rows, json.length())))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesAnotherNumberOfRows() {
        assertRefused(page("[{},{}]", 1, 7), "2 rows, its header says 1");
    }

    @Test
    void refusesAnotherSize() {
        assertRefused(page("[{}]", 1, 5), "4 bytes, its header says 5");
        assertRefused(page("[{}]", 1, 3), "more bytes");
    }

    @Test
    void stopsReadingWhatDecompressesToFarMore() {
        assertRefused(page("[" + " ".repeat(50_000_000) + "]", 0, 100), "more bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[1]", "[{}] x", "[{}", "nothing", "[{}][{}]"})
    void refusesWhatIsNoArrayOfObjects(String json) {
        assertRefused(page(json, 1, json.length()), "not a zstd frame of a JSON array");
    }

    @Test
    void refusesWhatIsNotCompressed() {
        byte[] body = "[{}]".getBytes(StandardCharsets.UTF_8);

        assertRefused(new UploadedPage(1, 0, 4, sha256(body), body), "not a zstd frame");
    }

    @Test
    void refusesAnotherChecksum() {
        UploadedPage page = page("[{}]", 1, 4);

        assertRefused(new UploadedPage(1, 0, 4, "0".repeat(64), page.body()), "SHA-256");
    }

    private static void assertRefused(UploadedPage page, String words) {
        assertThatThrownBy(() -> PageVerifier.verify(page))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(words);
    }

    private static UploadedPage page(String json, long rows, long size) {
        byte[] body = Zstd.compress(json.getBytes(StandardCharsets.UTF_8));
        return new UploadedPage(rows, 0, size, sha256(body), body);
    }

    private static String sha256(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
