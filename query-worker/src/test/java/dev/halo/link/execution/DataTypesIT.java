package dev.halo.link.execution;

import static dev.halo.link.testing.EngineUnderTest.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.link.testing.EngineUnderTest;
import dev.halo.link.testing.TestDatabase;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.ParameterType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the database's values look like in a result. */
class DataTypesIT {

    private static final String TABLE = """
            create table TYPES (
                ID integer not null primary key,
                A_SMALLINT smallint, A_BIGINT bigint, A_NUMERIC numeric(9,2), A_DECIMAL decimal(18,4),
                A_FLOAT float, A_DOUBLE double precision, A_BOOLEAN boolean,
                A_DATE date, A_TIME time, A_TIMESTAMP timestamp,
                A_CHAR char(5), A_VARCHAR varchar(20), A_OCTETS char(4) character set octets,
                A_TEXT blob sub_type text, A_BLOB blob sub_type binary, AN_ARRAY integer [3]);
            insert into TYPES values (1, -32768, 9223372036854775807, 12.30, -0.0001, 0.1, 0.1, true,
                date '2024-02-29', time '13:14:15.1239', timestamp '2024-02-29 13:14:15.0000',
                'ab', 'caf\u00e9', x'0001FEFF', 'text "quoted"', x'CAFE', null);
            insert into TYPES (ID) values (2);
            create view READABLE as select ID, A_SMALLINT, A_BIGINT, A_NUMERIC, A_DECIMAL, A_FLOAT, A_DOUBLE, A_BOOLEAN,
                A_DATE, A_TIME, A_TIMESTAMP, A_CHAR, A_VARCHAR, A_OCTETS, A_TEXT, A_BLOB from TYPES;
            grant all on TYPES to role HALO_INTEGRATOR;
            grant all on READABLE to role HALO_INTEGRATOR;
            """;

    private static TestDatabase database;
    private static EngineUnderTest engine;

    @BeforeAll
    static void start() {
        database = TestDatabase.create("WIN1252", TABLE);
        engine = new EngineUnderTest(database);
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void givesEachTypeItsJson() {
        assertThat(engine.reader("select * from READABLE where ID = 1").json())
                .isEqualTo("[{\"ID\":1,\"A_SMALLINT\":-32768,\"A_BIGINT\":9223372036854775807,\"A_NUMERIC\":12.30,"
                        + "\"A_DECIMAL\":-0.0001,\"A_FLOAT\":0.1,\"A_DOUBLE\":0.1,\"A_BOOLEAN\":true,"
                        + "\"A_DATE\":\"2024-02-29T00:00:00\",\"A_TIME\":\"13:14:15.123\","
                        + "\"A_TIMESTAMP\":\"2024-02-29T13:14:15\",\"A_CHAR\":\"ab   \",\"A_VARCHAR\":\"café\","
                        + "\"A_OCTETS\":\"AAH+/w==\",\"A_TEXT\":\"text \\\"quoted\\\"\",\"A_BLOB\":\"yv4=\"}]");
    }

    @Test
    void givesNullForNull() {
        assertThat(engine.reader("select * from READABLE where ID = 2").json())
                .isEqualTo("[{\"ID\":2,\"A_SMALLINT\":null,\"A_BIGINT\":null,\"A_NUMERIC\":null,\"A_DECIMAL\":null,"
                        + "\"A_FLOAT\":null,\"A_DOUBLE\":null,\"A_BOOLEAN\":null,\"A_DATE\":null,\"A_TIME\":null,"
                        + "\"A_TIMESTAMP\":null,\"A_CHAR\":null,\"A_VARCHAR\":null,\"A_OCTETS\":null,"
                        + "\"A_TEXT\":null,\"A_BLOB\":null}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "cast(1.10 as numeric(4,2))                        # 1.10",
                "cast(100 as numeric(18,0))                        # 100",
                "cast(0.0000001 as numeric(18,9))                  # 0.000000100",
                "cast(16777216 as float)                           # 1.6777216E7",
                "cast(1e300 as double precision)                   # 1.0E300",
                "cast(2e-3 as double precision)                    # 0.002",
                "log(1, 1)                                         # \"NaN\"",
                "cast(1 as double precision) / 3                   # 0.3333333333333333",
                "time '00:00:00'                                   # \"00:00:00\"",
                "timestamp '0001-01-01 00:00:00.0010'              # \"0001-01-01T00:00:00.001\"",
                "timestamp '9999-12-31 23:59:59.9999'              # \"9999-12-31T23:59:59.999\"",
                "''                                                # \"\"",
                "'a' || ascii_char(10) || ascii_char(9) || '\\'     # \"a\\n\\t\\\\\"",
                "1 = 1                                             # true",
                "cast(null as integer)                             # null"
            })
    void givesExpressionsTheirJson(String expression, String json) {
        assertThat(engine.reader("select " + expression + " as X from rdb$database")
                        .json())
                .isEqualTo("[{\"X\":" + json + "}]");
    }

    @Test
    void keepsLabelsUniqueAndNamesTheNameless() {
        assertThat(engine.reader("select 1 as ID, 2 as ID, 3 as \"Mixed case\", 1 = 1, 4 as ID from rdb$database")
                        .json())
                .isEqualTo("[{\"ID\":1,\"ID1\":2,\"Mixed case\":3,\"Column4\":true,\"ID2\":4}]");
    }

    @Test
    void refusesArrays() {
        assertThat(engine.reader("select AN_ARRAY from TYPES").failure().is(LinkErrorCode.STATEMENT_NOT_ALLOWED))
                .isTrue();
    }

    @Test
    void givesNoRowsAsAnEmptyArray() {
        EngineUnderTest.Answer answer = engine.reader("select ID from READABLE where ID = 99");

        assertThat(answer.json()).isEqualTo("[]");
        assertThat(answer.rows().rows()).isZero();
        assertThat(answer.rows().bytes()).isEqualTo(2);
    }

    @Test
    void readsLargeBlobsToTheirEnd() {
        String text = "é€" + "abc\u00fc".repeat(100_000);
        String hex = "/+4=";

        engine.nonQuery(
                "insert into TYPES (ID, A_TEXT, A_BLOB) values (50, @text, @blob)",
                in("text", ParameterType.TEXT, text),
                in("blob", ParameterType.IMAGE, hex));

        assertThat(engine.reader("select A_TEXT, A_BLOB from READABLE where ID = 50")
                        .json())
                .isEqualTo("[{\"A_TEXT\":\"" + text + "\",\"A_BLOB\":\"" + hex + "\"}]");
    }
}
