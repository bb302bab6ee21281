package dev.halo.registry.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {

    @Test
    void aLineEndsAsTheStandardSays() {
        assertThat(Csv.line(Arrays.asList(1, "a", null, "b c"))).isEqualTo("1,a,,b c\r\n");
    }

    @Test
    void whatWouldEndACellIsQuoted() {
        assertThat(Csv.line(List.of("a,b", "say \"x\"", "two\nlines", "{\"k\":1}")))
                .isEqualTo("\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\"{\"\"k\"\":1}\"\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1"})
    void whatASpreadsheetWouldRunIsText(String cell) {
        assertThat(Csv.line(List.of(cell))).isEqualTo("'" + cell + "\r\n");
    }

    @Test
    void aFormulaIsQuotedAfterItIsText() {
        assertThat(Csv.line(List.of("=HYPERLINK(\"x\",\"y\")", "\r=1")))
                .isEqualTo("\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\",\"'\r=1\"\r\n");
    }
}
