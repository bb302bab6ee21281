package dev.halo.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void alignsColumnsAndCutsWhatIsLong() throws Exception {
        // Given
        String json = "[{\"ID\":1,\"NAME\":\"Zoë\"},{\"ID\":22,\"NAME\":null},{\"ID\":3,\"NAME\":\"" + "x".repeat(50)
                + "\"}]";
        // When
        var lines = TextTable.lines(HttpJson.MAPPER.readTree(json));
        // Then
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).isEqualTo("ID  NAME");
        assertThat(lines.get(2)).isEqualTo("1   Zoë");
        assertThat(lines.get(3)).isEqualTo("22  NULL");
        assertThat(lines.get(4)).endsWith("x…").hasSize(44);
    }

    @Test
    void saysThatThereAreNoRows() throws Exception {
        assertThat(TextTable.lines(HttpJson.MAPPER.readTree("[]"))).containsExactly("(no rows)");
    }
}
