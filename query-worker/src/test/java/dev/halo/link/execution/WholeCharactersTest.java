package dev.halo.link.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WholeCharactersTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "😀", "a😀b", "ab😀", "😀😀😀", "abc😀defg😀h", "\ud83d", "ab\ud83d"})
    void neverEndsBetweenTheHalvesOfAPair(String text) throws IOException {
        StringBuilder all = new StringBuilder();
        char[] chunk = new char[3];
        try (WholeCharacters in = new WholeCharacters(new StringReader(text))) {
            int read = in.read(chunk, 0, chunk.length);
            while (read >= 0) {
                assertThat(all.length() + read == text.length()
                                || read == 1
                                || !Character.isHighSurrogate(chunk[read - 1]))
                        .isTrue();
                all.append(chunk, 0, read);
                read = in.read(chunk, 0, chunk.length);
            }
        }

        assertThat(all).hasToString(text);
    }
}
