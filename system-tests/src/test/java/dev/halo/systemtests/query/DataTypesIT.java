package dev.halo.systemtests.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every type on its way in as a parameter and on its way out as JSON. */
@SystemTest
class DataTypesIT {

    private final SuiteUnderTest suite;
    private final Demo demo;

    DataTypesIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @Test
    void everyTypeOfTheDatabaseHasItsFormInJson() {
        // When
        JsonNode row = run(QueryBody.sql("""
                select cast(-7 as smallint) as S, cast(2147483647 as integer) as I,
                  cast(9223372036854775807 as bigint) as L, cast(12.30 as numeric(9, 2)) as N,
                  cast(-0.0500 as decimal(18, 4)) as D, cast(0.1 as float) as F, cast(2.5e-3 as double precision) as P,
                  cast('2026-02-28' as date) as DAY_OF, cast('07:05:09.1230' as time) as TIME_OF,
                  cast('2026-02-28 23:59:58' as timestamp) as STAMP, true as YES, false as NOPE,
                  cast('ab' as char(5)) as C, 'caf\u00e9' as V, x'00ff10' as O, null as NOTHING,
                  cast('text' as blob sub_type text) as T, cast(x'00ff10' as blob sub_type binary) as B
                from RDB$DATABASE""")).row();

        // Then
        assertThat(row.path("S").asInt()).isEqualTo(-7);
        assertThat(row.path("I").asInt()).isEqualTo(Integer.MAX_VALUE);
        assertThat(row.path("L").isIntegralNumber()).isTrue();
        assertThat(row.path("L").asLong()).isEqualTo(Long.MAX_VALUE);
        assertThat(row.path("N").decimalValue()).isEqualTo(new BigDecimal("12.30"));
        assertThat(row.path("D").decimalValue()).isEqualTo(new BigDecimal("-0.0500"));
        assertThat(row.path("F").decimalValue()).isEqualTo(new BigDecimal("0.1"));
        assertThat(row.path("P").doubleValue()).isEqualTo(0.0025);
        assertThat(row.path("DAY_OF").asText()).isEqualTo("2026-02-28T00:00:00");
        assertThat(row.path("TIME_OF").asText()).isEqualTo("07:05:09.123");
        assertThat(row.path("STAMP").asText()).isEqualTo("2026-02-28T23:59:58");
        assertThat(row.path("YES").isBoolean()).isTrue();
        assertThat(row.path("YES").asBoolean()).isTrue();
        assertThat(row.path("NOPE").asBoolean()).isFalse();
        assertThat(row.path("C").asText()).isEqualTo("ab   ");
        assertThat(row.path("V").asText()).isEqualTo("caf\u00e9");
        assertThat(row.path("O").asText()).isEqualTo(base64(0x00, 0xff, 0x10));
        assertThat(row.path("NOTHING").isNull()).isTrue();
        assertThat(row.has("NOTHING")).isTrue();
        assertThat(row.path("T").asText()).isEqualTo("text");
        assertThat(row.path("B").asText()).isEqualTo(base64(0x00, 0xff, 0x10));
    }

    @Test
    void readsTheTextAndBinaryBlobsOfThePractice() {
        // When
        Answer notes = run(QueryBody.sql("select first 20 BODY from CLINICAL_NOTES order by NOTE_ID"));
        Answer documents = run(QueryBody.sql("select first 3 CONTENT, SIZE_BYTES from DOCUMENTS order by 1")
                .catalogue("DOCUMENTS"));

        // Then
        assertThat(notes.rows())
                .extracting(row -> row.path("BODY").asText())
                .isEqualTo(suite.practiceServer()
                        .texts("select first 20 cast(BODY as varchar(2000)) from CLINICAL_NOTES order by NOTE_ID"));
        assertThat(documents.rows()).hasSize(3).allSatisfy(row -> assertThat(
                        Base64.getDecoder().decode(row.path("CONTENT").asText()))
                .hasSize(row.path("SIZE_BYTES").asInt()));
    }

    @Test
    void labelsStayApart() {
        // When
        JsonNode row = run(QueryBody.sql("select 1 as A, 2 as A, 3 as A1, 4 as A from RDB$DATABASE"))
                .row();

        // Then
        assertThat(row).hasSize(4);
        assertThat(row.path("A").asInt()).isEqualTo(1);
        assertThat(row.path("A1").isMissingNode()).isFalse();
    }

    @Test
    void keepsTheCaseOfQuotedLabels() {
        // When
        JsonNode row = run(QueryBody.sql("select 1 as \"firstName\" from RDB$DATABASE"))
                .row();

        // Then
        assertThat(row.has("firstName")).isTrue();
    }

    @ParameterizedTest(name = "{0} {1} as {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "BigInt | 9223372036854775807 | bigint | 9223372036854775807",
                "Int | -2147483648 | integer | -2147483648",
                "SmallInt | 32767 | smallint | 32767",
                "TinyInt | 255 | smallint | 255",
                "Bit | 1 | boolean | true",
                "Bit | false | boolean | false",
                "Decimal | 12.3450 | numeric(18, 4) | 12.3450",
                "Money | 1234.5600 | numeric(18, 4) | 1234.5600",
                "SmallMoney | 0.0100 | numeric(9, 4) | 0.0100",
                "Float | 2.5 | double precision | 2.5",
                "Real | 0.5 | float | 0.5",
                "Date | 2026-02-28 | date | 2026-02-28T00:00:00",
                "Time | 13:14:15.250 | time | 13:14:15.250",
                "DateTime | 2026-02-28T13:14:15.250 | timestamp | 2026-02-28T13:14:15.250",
                "DateTime2 | 2026-02-28T13:14:15 | timestamp | 2026-02-28T13:14:15",
                "SmallDateTime | 2026-02-28T13:14:00 | timestamp | 2026-02-28T13:14:00",
                "VarChar | O'Brien | varchar(20) | O'Brien",
                "NVarChar | café | varchar(20) | café",
                "Char | ab | char(4) | 'ab  '",
                "NChar | ab | char(4) | 'ab  '",
                "String | plain | varchar(20) | plain",
                "Text | long text | blob sub_type text | long text",
                "NText | long text | blob sub_type text | long text",
                "Xml | <a/> | varchar(20) | <a/>",
                "UniqueIdentifier | 0f8fad5b-d9cb-469f-a165-70867728950e | varchar(36) | 0f8fad5b-d9cb-469f-a165-70867728950e",
                "VarBinary | AP8Q | blob sub_type binary | AP8Q",
                "Binary | AP8Q | blob sub_type binary | AP8Q",
                "Image | AP8Q | blob sub_type binary | AP8Q",
                "Timestamp | AP8Q | blob sub_type binary | AP8Q"
            })
    void everyParameterTypeReachesTheDatabase(String type, String value, String target, String expected) {
        // When
        Answer answer = run(QueryBody.sql("select cast(@p as " + target + ") as V from RDB$DATABASE")
                .parameter("p", type, value));

        // Then
        assertThat(answer.row().path("V").asText()).isEqualTo(expected);
    }

    @Test
    void dateTimeOffsetBecomesTheDatabasesLocalTime() {
        // When
        Answer answer = run(QueryBody.sql("select cast(@p as timestamp) as V from RDB$DATABASE")
                .parameter("p", "DateTimeOffset", "2026-02-28T13:14:15+10:00"));

        // Then
        assertThat(answer.row().path("V").asText()).matches("2026-0[23]-(27|28|01)T\\d\\d:[0134]\\d:15");
    }

    @Test
    void nullIsNullOfAnyType() {
        // When
        Answer answer =
                run(QueryBody.sql("select cast(@n as integer) as N, cast(@s as varchar(9)) as S from RDB$DATABASE")
                        .parameter("n", "Int", null)
                        .parameter("s", "VarChar", null));

        // Then
        assertThat(answer.row().path("N").isNull()).isTrue();
        assertThat(answer.row().path("S").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Structured", "Udt", "Variant"})
    void refusesTypesThatFirebirdDoesNotHave(String type) {
        // When
        Answer answer = suite.integratorA()
                .immediate(
                        demo.siteId(),
                        QueryBody.sql("select cast(@odd as varchar(9)) from RDB$DATABASE")
                                .parameter("odd", type, "1"));

        // Then
        refusedParameter(answer, "odd");
    }

    @ParameterizedTest
    @CsvSource({"Int, twelve", "Date, 2026-02-30", "VarBinary, not base64!", "Bit, perhaps", "UniqueIdentifier, 12"})
    void refusesAValueThatIsNotOfItsType(String type, String value) {
        // When
        Answer answer = suite.integratorA()
                .immediate(
                        demo.siteId(),
                        QueryBody.sql("select cast(@odd as varchar(36)) from RDB$DATABASE")
                                .parameter("odd", type, value));

        // Then
        refusedParameter(answer, "odd");
        assertThat(answer.errorMessage()).doesNotContain(value);
    }

    @Test
    void refusesTextThatTheColumnCannotHold() {
        // When
        Answer answer = suite.integratorA()
                .immediate(
                        demo.siteId(),
                        QueryBody.sql("select PATIENT_ID from PATIENTS where FAMILY_NAME = @name")
                                .parameter("name", "NVarChar", "\u738b"));

        // Then
        refusedParameter(answer, "name");
    }

    @Test
    void refusesAParameterTooFewAndOneTooMany() {
        // When
        Answer missing = suite.integratorA()
                .immediate(demo.siteId(), QueryBody.sql("select PATIENT_ID from PATIENTS where PATIENT_ID = @absent"));
        Answer surplus = suite.integratorA()
                .immediate(
                        demo.siteId(),
                        QueryBody.sql("select 1 as ONE from RDB$DATABASE").parameter("unused", "Int", "1"));

        // Then
        refusedParameter(missing, "absent");
        refusedParameter(surplus, "unused");
    }

    private static void refusedParameter(Answer answer, String name) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.errorType()).isEqualTo("haloLink");
        assertThat(answer.errorCode()).isEqualTo(1009);
        assertThat(answer.errorMessage().toLowerCase(Locale.ROOT)).contains(name);
    }

    private Answer run(QueryBody body) {
        Answer answer = suite.integratorA().immediate(demo.siteId(), body);
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer;
    }

    private static String base64(int... bytes) {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        return Base64.getEncoder().encodeToString(raw);
    }
}
