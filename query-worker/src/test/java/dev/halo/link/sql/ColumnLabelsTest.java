package dev.halo.link.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnLabelsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ID,NAME            | ID,NAME",
                "ID,ID,ID           | ID,ID1,ID2",
                "ID,ID1,ID          | ID,ID1,ID2",
                "ID,ID,ID1          | ID,ID2,ID1",
                "Id,ID,id           | Id,ID,id",
                "A,,B               | A,Column2,B",
                "Column2,           | Column2,Column21",
                "A,A,A1,A1          | A,A2,A1,A11"
            })
    void makesLabelsUnique(String given, String expected) {
        List<String> labels = Arrays.asList(given.split(",", -1));

        assertThat(ColumnLabels.unique(labels)).isEqualTo(Arrays.asList(expected.split(",", -1)));
    }
}
