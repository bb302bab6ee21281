package dev.halo.link.execution;

import static dev.halo.link.testing.EngineUnderTest.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.link.testing.EngineUnderTest;
import dev.halo.link.testing.EngineUnderTest.Answer;
import dev.halo.link.testing.TestDatabase;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.ParameterType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text in databases of each character set that practices have. */
class CharsetsIT {

    private static final String TABLE = """
            create table NAMES (ID integer, OWN varchar(20), W varchar(20) character set WIN1252,
                U varchar(20) character set UTF8, N varchar(20) character set NONE,
                MEMO blob sub_type text character set WIN1252, UMEMO blob sub_type text character set UTF8);
            grant all on NAMES to role HALO_INTEGRATOR;
            """;

    @ParameterizedTest
    @ValueSource(strings = {"WIN1252", "UTF8", "NONE", "ISO8859_1"})
    void writesFindsAndReadsText(String characterSet) {
        try (EngineUnderTest engine = new EngineUnderTest(TestDatabase.create(characterSet, TABLE))) {
            Answer written = engine.nonQuery(
                    "insert into NAMES values (1, @v, @v, @v, @v, @v, @v)", in("v", ParameterType.NVARCHAR, "Müller"));

            assertThat(written.result()).isInstanceOf(ExecutionResult.Affected.class);
            assertThat(engine.reader(
                                    "select OWN, W, U, MEMO, UMEMO from NAMES where W = @v and U = @v and OWN = @v",
                                    in("v", ParameterType.VARCHAR, "Müller"))
                            .json())
                    .isEqualTo("[{\"OWN\":\"Müller\",\"W\":\"Müller\",\"U\":\"Müller\",\"MEMO\":\"Müller\","
                            + "\"UMEMO\":\"Müller\"}]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"WIN1252", "UTF8", "NONE"})
    void refusesTextThatTheColumnCannotHold(String characterSet) {
        TestDatabase database = TestDatabase.create(characterSet, TABLE);
        try (EngineUnderTest engine = new EngineUnderTest(database)) {
            Answer answer = engine.nonQuery("insert into NAMES (W) values (@v)", in("v", ParameterType.NVARCHAR, "日本"));

            assertThat(answer.failure().is(LinkErrorCode.PARAMETER_NOT_CONVERTIBLE))
                    .isTrue();
            assertThat(database.value("select count(*) from NAMES")).isEqualTo("0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"WIN1252", "UTF8", "NONE"})
    void keepsWhatAUnicodeColumnCanHold(String characterSet) {
        try (EngineUnderTest engine = new EngineUnderTest(TestDatabase.create(characterSet, TABLE))) {
            engine.nonQuery(
                    "insert into NAMES (ID, U, UMEMO) values (1, @v, @v)", in("v", ParameterType.NVARCHAR, "日本😀"));

            assertThat(engine.reader("select U, UMEMO from NAMES").json())
                    .isEqualTo("[{\"U\":\"日本😀\",\"UMEMO\":\"日本😀\"}]");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"WIN1252", "NONE"})
    void refusesSqlThatTheConnectionCannotSend(String characterSet) {
        try (EngineUnderTest engine = new EngineUnderTest(TestDatabase.create(characterSet, TABLE))) {
            assertThat(engine.reader("select * from NAMES where OWN = '日本'")
                            .failure()
                            .is(LinkErrorCode.PARAMETER_NOT_CONVERTIBLE))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"WIN1252", "UTF8", "NONE"})
    void readsLiteralsOfTheDatabasesCharacterSet(String characterSet) {
        try (EngineUnderTest engine = new EngineUnderTest(TestDatabase.create(characterSet, TABLE))) {
            assertThat(engine.scalar("select 'Zoë' as X from rdb$database").json())
                    .isEqualTo("[{\"X\":\"Zoë\"}]");
        }
    }
}
