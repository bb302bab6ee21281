package dev.halo.link.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.ParameterType;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ParameterValuesTest {

    private final ParameterValues values = new ParameterValues(ZoneId.of("Australia/Sydney"));

    static Stream<Arguments> readable() {
        return Stream.of(
                Arguments.of(ParameterType.BIG_INT, "-9223372036854775808", Long.MIN_VALUE),
                Arguments.of(ParameterType.INT, " 42 ", 42L),
                Arguments.of(ParameterType.INT, "1e3", 1000L),
                Arguments.of(ParameterType.SMALL_INT, "-32768", -32768L),
                Arguments.of(ParameterType.TINY_INT, "255", 255L),
                Arguments.of(ParameterType.DECIMAL, "12.340", new BigDecimal("12.340")),
                Arguments.of(ParameterType.MONEY, "-0.01", new BigDecimal("-0.01")),
                Arguments.of(ParameterType.SMALL_MONEY, "7", new BigDecimal("7")),
                Arguments.of(ParameterType.FLOAT, "0.1", 0.1d),
                Arguments.of(ParameterType.REAL, "0.1", 0.1f),
                Arguments.of(ParameterType.BIT, "1", true),
                Arguments.of(ParameterType.BIT, "0", false),
                Arguments.of(ParameterType.BIT, "True", true),
                Arguments.of(ParameterType.BIT, "false", false),
                Arguments.of(ParameterType.DATE, "2024-02-29", LocalDate.of(2024, 2, 29)),
                Arguments.of(ParameterType.DATE, "2024-02-29T10:11:12", LocalDate.of(2024, 2, 29)),
                Arguments.of(
                        ParameterType.DATE_TIME,
                        "2024-02-29T10:11:12.5",
                        LocalDateTime.of(2024, 2, 29, 10, 11, 12, 500_000_000)),
                Arguments.of(ParameterType.DATE_TIME_2, "2024-02-29 10:11", LocalDateTime.of(2024, 2, 29, 10, 11)),
                Arguments.of(ParameterType.SMALL_DATE_TIME, "2024-02-29", LocalDateTime.of(2024, 2, 29, 0, 0)),
                Arguments.of(
                        ParameterType.DATE_TIME_OFFSET, "2024-01-01T00:00:00Z", LocalDateTime.of(2024, 1, 1, 11, 0)),
                Arguments.of(
                        ParameterType.DATE_TIME_OFFSET,
                        "2024-07-01 00:00:00 +02:00",
                        LocalDateTime.of(2024, 7, 1, 8, 0)),
                Arguments.of(ParameterType.TIME, "23:59:58.1234", LocalTime.of(23, 59, 58, 123_400_000)),
                Arguments.of(
                        ParameterType.UNIQUE_IDENTIFIER,
                        "{0f8fad5b-d9cb-469f-a165-70867728950e}",
                        UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e")),
                Arguments.of(ParameterType.BINARY, "AAH/", new byte[] {0, 1, -1}),
                Arguments.of(ParameterType.VARBINARY, "", new byte[0]),
                Arguments.of(ParameterType.IMAGE, "/w==", new byte[] {-1}),
                Arguments.of(ParameterType.TIMESTAMP, "AAAAAAAAB9E=", new byte[] {0, 0, 0, 0, 0, 0, 7, -47}),
                Arguments.of(ParameterType.CHAR, " a ", " a "),
                Arguments.of(ParameterType.NCHAR, "é", "é"),
                Arguments.of(ParameterType.VARCHAR, "", ""),
                Arguments.of(ParameterType.NVARCHAR, "日本", "日本"),
                Arguments.of(ParameterType.TEXT, "t", "t"),
                Arguments.of(ParameterType.NTEXT, "t", "t"),
                Arguments.of(ParameterType.STRING, "t", "t"),
                Arguments.of(ParameterType.XML, "<a/>", "<a/>"),
                Arguments.of(null, "12", "12"));
    }

    @ParameterizedTest
    @MethodSource("readable")
    void readsEveryType(ParameterType type, String text, Object expected) {
        assertThat(values.read(parameter(type, text))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "BIG_INT, 9223372036854775808",
        "INT, 2147483648",
        "INT, 1.5",
        "INT, one",
        "INT, ''",
        "INT, 1e999999999",
        "SMALL_INT, 32768",
        "TINY_INT, -1",
        "TINY_INT, 256",
        "DECIMAL, '1,5'",
        "DECIMAL, 1e999999999",
        "FLOAT, NaN",
        "FLOAT, 1e399",
        "REAL, 1e39",
        "BIT, yes",
        "DATE, 2024-02-30",
        "DATE, 29.02.2024",
        "DATE_TIME, 2024-01-01T25:00:00",
        "DATE_TIME, 2024-01-01T10:00:00Z",
        "DATE_TIME_OFFSET, 2024-01-01T10:00:00",
        "TIME, 24:00:00",
        "BINARY, '*'",
        "UNIQUE_IDENTIFIER, 1-1-1-1-1",
    })
    void namesWhatItCannotRead(ParameterType type, String text) {
        assertThatThrownBy(() -> values.read(parameter(type, text)))
                .isInstanceOfSatisfying(StatementRefused.class, e -> {
                    assertThat(e.failure().is(LinkErrorCode.PARAMETER_NOT_CONVERTIBLE))
                            .isTrue();
                    assertThat(e.failure().message()).contains("@Given", type.wire());
                    assertThat(e.getMessage()).doesNotContain("Given");
                });
    }

    @ParameterizedTest
    @EnumSource(
            value = ParameterType.class,
            names = {"STRUCTURED", "UDT", "VARIANT"})
    void refusesTypesWithoutCounterpart(ParameterType type) {
        assertThatThrownBy(() -> values.read(parameter(type, null)))
                .isInstanceOfSatisfying(
                        StatementRefused.class,
                        e -> assertThat(e.failure().message()).contains("@Given", type.wire()));
    }

    @Test
    void readsNull() {
        assertThat(values.read(parameter(ParameterType.INT, null))).isNull();
        assertThat(values.read(parameter(null, null))).isNull();
    }

    private static Parameter parameter(ParameterType type, String value) {
        return new Parameter("@Given", Direction.INPUT, type, value, null);
    }
}
