package dev.halo.link.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IsoTextTest {

    @ParameterizedTest
    @CsvSource({
        "2024-02-29T01:02:03, 2024-02-29T01:02:03",
        "2024-12-31T23:59:59.999900, 2024-12-31T23:59:59.999",
        "0007-01-01T00:00:00.000900, 0007-01-01T00:00:00",
        "0123-01-01T00:00:00.050, 0123-01-01T00:00:00.050",
        "1899-12-30T10:00:00.1, 1899-12-30T10:00:00.100"
    })
    void cutsToMillisecondsAndLeavesZeroOut(LocalDateTime value, String expected) {
        assertThat(IsoText.of(value)).isEqualTo(expected);
        assertThat(IsoText.of(value.toLocalTime())).isEqualTo(expected.substring(11));
    }

    @ParameterizedTest
    @CsvSource({"2024-02-29, 2024-02-29T00:00:00", "0001-01-01, 0001-01-01T00:00:00"})
    void givesADateATime(LocalDate date, String expected) {
        assertThat(IsoText.of(date)).isEqualTo(expected);
        assertThat(IsoText.of(LocalTime.MIDNIGHT)).isEqualTo("00:00:00");
    }
}
