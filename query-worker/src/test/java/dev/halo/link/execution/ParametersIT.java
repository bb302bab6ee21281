package dev.halo.link.execution;

import static dev.halo.link.testing.EngineUnderTest.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.link.testing.EngineUnderTest;
import dev.halo.link.testing.EngineUnderTest.Answer;
import dev.halo.link.testing.TestDatabase;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.ParameterType;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of each type of parameter in each type of column. */
class ParametersIT {

    private static final String TABLE = """
            create table T (ID integer, S smallint, I integer, B bigint, N numeric(9,2), F float, D double precision,
                BO boolean, DA date, TI time, TS timestamp, C char(3), V varchar(40), O char(16) character set octets,
                VO varchar(10) character set octets, M blob sub_type text, P blob sub_type binary);
            insert into T (ID, I, V) values (1, 42, 'forty-two');
            grant all on T to role HALO_INTEGRATOR;
            """;

    private static TestDatabase database;
    private static EngineUnderTest engine;

    @BeforeAll
    static void start() {
        database = TestDatabase.create("WIN1252", TABLE);
        engine = new EngineUnderTest(
                database,
                Map.of(),
                Map.of("halo.link.execution.database-time-zone", "Australia/Sydney"),
                site -> Optional.empty());
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "NULL",
            value = {
                "BIG_INT           | B  | 9223372036854775807       | 9223372036854775807",
                "BIG_INT           | V  | 12                        | \"12\"",
                "INT               | I  | -7                        | -7",
                "INT               | N  | 7                         | 7.00",
                "INT               | BO | 1                         | true",
                "SMALL_INT         | S  | 32767                     | 32767",
                "TINY_INT          | S  | 255                       | 255",
                "DECIMAL           | N  | 12.345                    | 12.35",
                "DECIMAL           | I  | 12.00                     | 12",
                "DECIMAL           | V  | 1E3                       | \"1000\"",
                "MONEY             | N  | -0.01                     | -0.01",
                "SMALL_MONEY       | D  | 0.1                       | 0.1",
                "FLOAT             | D  | 0.1                       | 0.1",
                "FLOAT             | N  | 0.1                       | 0.10",
                "REAL              | F  | 0.1                       | 0.1",
                "REAL              | D  | 0.5                       | 0.5",
                "BIT               | BO | true                      | true",
                "BIT               | BO | 0                         | false",
                "BIT               | I  | 1                         | 1",
                "BIT               | V  | false                     | \"0\"",
                "DATE              | DA | 2024-02-29                | \"2024-02-29T00:00:00\"",
                "DATE              | TS | 2024-02-29                | \"2024-02-29T00:00:00\"",
                "DATE              | V  | 2024-02-29                | \"2024-02-29\"",
                "DATE_TIME         | TS | 2024-02-29T10:11:12.1234  | \"2024-02-29T10:11:12.123\"",
                "DATE_TIME         | DA | 2024-02-29T10:11:12       | \"2024-02-29T00:00:00\"",
                "DATE_TIME         | TI | 2024-02-29T10:11:12       | \"10:11:12\"",
                "DATE_TIME_2       | TS | 2024-02-29 10:11:12       | \"2024-02-29T10:11:12\"",
                "SMALL_DATE_TIME   | TS | 2024-02-29T10:11          | \"2024-02-29T10:11:00\"",
                "DATE_TIME_OFFSET  | TS | 2024-01-01T00:00:00Z      | \"2024-01-01T11:00:00\"",
                "DATE_TIME_OFFSET  | TS | 2024-07-01T00:00:00+02:00 | \"2024-07-01T08:00:00\"",
                "TIME              | TI | 10:11:12.5                | \"10:11:12.500\"",
                "CHAR              | C  | a                         | \"a  \"",
                "NCHAR             | C  | é                         | \"é  \"",
                "VARCHAR           | V  | it's @x {y}               | \"it's @x {y}\"",
                "NVARCHAR          | V  | €                         | \"€\"",
                "TEXT              | M  | memo                      | \"memo\"",
                "NTEXT             | M  | memo é                    | \"memo é\"",
                "STRING            | V  | s                         | \"s\"",
                "XML               | V  | <a/>                      | \"<a/>\"",
                "VARCHAR           | I  | 42                        | 42",
                "VARCHAR           | DA | 2024-02-29                | \"2024-02-29T00:00:00\"",
                "UNIQUE_IDENTIFIER | V  | 0f8fad5b-d9cb-469f-a165-70867728950e | \"0f8fad5b-d9cb-469f-a165-70867728950e\"",
                "UNIQUE_IDENTIFIER | O  | 0f8fad5b-d9cb-469f-a165-70867728950e | \"D4+tW9nLRp+hZXCGdyiVDg==\"",
                "BINARY            | VO | AAH/                      | \"AAH/\"",
                "VARBINARY         | P  | AAH/                      | \"AAH/\"",
                "IMAGE             | P  | AAH/                      | \"AAH/\"",
                "TIMESTAMP         | VO | AAAAAAAAB9E=              | \"AAAAAAAAB9E=\"",
                "NULL              | I  | 42                        | 42",
                "NULL              | I  |  41.6                     | 42",
                "NULL              | N  | 1e2                       | 100.00",
                "NULL              | D  | 0.25                      | 0.25",
                "NULL              | BO | true                      | true",
                "NULL              | DA | 31.12.2024                | \"2024-12-31T00:00:00\"",
                "NULL              | TS | 2024-12-31 10:00:00.5     | \"2024-12-31T10:00:00.500\"",
                "NULL              | TI | 10:30                     | \"10:30:00\"",
                "NULL              | V  | text                      | \"text\"",
                "NULL              | M  | text                      | \"text\"",
                "NULL              | VO | abc                       | \"YWJj\"",
                "INT               | V  | NULL                      | null",
                "VARCHAR           | P  | NULL                      | null",
                "NULL              | TS | NULL                      | null"
            })
    void reachesTheColumn(ParameterType type, String column, String value, String json) {
        Answer answer = engine.reader(
                "insert into T (" + column + ") values (@value) returning " + column + " as X",
                in("@Value", type, value));

        assertThat(answer.json()).as("%s", answer.result()).isEqualTo("[{\"X\":" + json + "}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "NULL",
            value = {
                "INT          | I  | 12x",
                "INT          | DA | 5",
                "INT          | P  | 5",
                "BIG_INT      | S  | 32768",
                "DECIMAL      | I  | 1.5",
                "DECIMAL      | N  | 12345678901",
                "DATE         | I  | 2024-01-01",
                "TIME         | TS | 10:00",
                "BINARY       | I  | AAH/",
                "UNIQUE_IDENTIFIER | I | 0f8fad5b-d9cb-469f-a165-70867728950e",
                "VARCHAR      | C  | abcd",
                "NVARCHAR     | V  | 日本",
                "NVARCHAR     | M  | 日本",
                "NULL         | I  | twelve",
                "NULL         | DA | someday",
                "NULL         | BO | perhaps"
            })
    void namesAParameterThatTheColumnCannotTake(ParameterType type, String column, String value) {
        Answer answer = engine.reader(
                "insert into T (ID, " + column + ") values (77, @the_value) returning ID",
                in("the_value", type, value));

        assertThat(answer.failure().is(LinkErrorCode.PARAMETER_NOT_CONVERTIBLE))
                .as("%s", answer.failure().message())
                .isTrue();
        assertThat(answer.failure().message()).contains("@the_value").doesNotContain(value);
        assertThat(database.value("select count(*) from T where ID = 77")).isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource(
            value = ParameterType.class,
            names = {"STRUCTURED", "UDT", "VARIANT"})
    void refusesTypesThatTheDatabaseLacks(ParameterType type) {
        Answer answer = engine.reader("select * from T where V = @v", in("v", type, "x"));

        assertThat(answer.failure().is(LinkErrorCode.PARAMETER_NOT_CONVERTIBLE)).isTrue();
    }

    @Test
    void bindsARepeatedParameterAtEachPlace() {
        assertThat(engine.reader(
                                "select V from T where (I = @id or ID = @ID) and V <> '@id' -- @nothing\n",
                                in("@iD", ParameterType.INT, "42"))
                        .json())
                .isEqualTo("[{\"V\":\"forty-two\"}]");
    }

    @Test
    void asksOnlyWhetherThereIsAValue() {
        assertThat(engine.scalar("select count(*) as N from T where @v is null and ID = 1", in("v", null, null))
                        .json())
                .isEqualTo("[{\"N\":1}]");
        assertThat(engine.scalar(
                                "select count(*) as N from T where @v is null and ID = 1",
                                in("v", ParameterType.VARCHAR, "x"))
                        .json())
                .isEqualTo("[{\"N\":0}]");
    }

    @Test
    void leavesAValueAValue() {
        Answer answer = engine.reader("select ID from T where V = @v", in("v", ParameterType.VARCHAR, "x' or '1'='1"));

        assertThat(answer.json()).isEqualTo("[]");
    }

    @Test
    void namesMissingAndSurplusParameters() {
        assertThat(engine.reader("select * from T where ID = @id").failure().message())
                .contains("@id");
        assertThat(engine.reader("select * from T", in("idle", null, "1"))
                        .failure()
                        .message())
                .contains("@idle");
    }
}
