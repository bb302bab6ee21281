package dev.halo.systemtests.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements that an integrator must not run, in all their disguises. */
@SystemTest
class RefusedStatementsIT {

    private static final String BLOCK =
            " returns (R integer) as begin execute statement 'select 1 from RDB$DATABASE' into :R; suspend; end";

    private final SuiteUnderTest suite;
    private final Demo demo;

    RefusedStatementsIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table SMUGGLED (ID integer)",
                "recreate table APPOINTMENTS (ID integer)",
                "alter table APPOINTMENTS add SMUGGLED integer",
                "drop table APPOINTMENTS",
                "create role SMUGGLED",
                "grant select on SECRET_NOTES to public",
                "comment on table PATIENTS is 'smuggled'",
                "set role none",
                "set role HALO_INTEGRATOR",
                "alter user SYSDBA password 'smuggled'",
                "alter current user set password 'smuggled'",
                "create user SMUGGLED password 'smuggled'",
                "set generator SEQ_APPOINTMENT to 1",
                "savepoint SMUGGLED",
                "commit",
                "rollback",
                "set transaction read write",
                "{oj set role none}",
                "{oj alter current user set password 'smuggled'}",
                "{call P_PATIENT_SEARCH('A')}",
                "select 1 from RDB$DATABASE where {fn abs(1)} = 1"
            })
    void refusesWhatIsNeitherAQueryNorAChangeOfRows(String statement) {
        for (String mode : List.of("reader", "nonQuery", "scalar")) {
            // When
            Answer answer = run(QueryBody.sql(statement).mode(mode));

            // Then
            refused(answer);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "execute block",
                "EXECUTE BLOCK",
                "  \n\texecute\r\n block",
                "execute/**/block",
                "/* a */execute/* b */block",
                "execute--\nblock",
                "-- select 1 from PATIENTS\nexecute -- x\n block",
                "{oj execute block"
            })
    void refusesExecuteBlockHoweverItIsWritten(String beginning) {
        for (String mode : List.of("reader", "nonQuery", "scalar")) {
            // When
            Answer answer = run(QueryBody.sql(beginning + BLOCK + (beginning.startsWith("{") ? "}" : ""))
                    .mode(mode));

            // Then
            refused(answer);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1 from RDB$DATABASE; select 2 from RDB$DATABASE",
                "select 1 from RDB$DATABASE; drop table APPOINTMENTS",
                "update APPOINTMENTS set REASON = 'smuggled'; commit; drop table APPOINTMENTS"
            })
    void refusesSeveralStatements(String statements) {
        for (String mode : List.of("reader", "nonQuery")) {
            // When
            Answer answer = run(QueryBody.sql(statements).mode(mode));

            // Then
            assertThat(answer.status()).as("%s", answer).isEqualTo(400);
            assertThat(answer.json().path("status").asText()).isEqualTo("executionFailed");
        }
        assertThat(suite.practiceServer().texts("select count(*) from APPOINTMENTS where REASON = 'smuggled'"))
                .containsExactly("0");
    }

    @Test
    void acceptsASemicolonAtTheEnd() {
        // When
        Answer answer = run(QueryBody.sql("select 1 as ONE from RDB$DATABASE;"));

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }

    @Test
    void acceptsTheWordsInLiteralsAndNames() {
        // When
        Answer answer = run(
                QueryBody.sql("select 'execute block {oj set role none}' as \"execute {block}\" from RDB$DATABASE"));

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.row().path("execute {block}").asText()).isEqualTo("execute block {oj set role none}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select BODY from SECRET_NOTES | reader",
                "select SETTING_VALUE from ZEDMED_SYSTEM | scalar",
                "insert into SECRET_NOTES (NOTE_ID, PATIENT_ID) values (99999, 1) | nonQuery",
                "delete from APPOINTMENTS where APPOINTMENT_ID = 1 | nonQuery",
                "update PATIENTS set BALANCE = 0 where PATIENT_ID = 1 | nonQuery"
            })
    void theDatabaseRefusesWhatWasNotGranted(String statement, String mode) {
        // When
        Answer answer = run(QueryBody.sql(statement).mode(mode));

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.errorType()).isEqualTo("fbsql");
        assertThat(answer.errorCode()).isEqualTo(335544352);
        assertThat(answer.errorMessage()).contains("no permission");
    }

    @Test
    void doesNotReachTheOtherPracticeOfTheServer() {
        // Given integrator C, enabled at the first practice and not at the second
        QueryBody query = QueryBody.sql("select count(*) from PATIENTS").scalar();

        // When
        Answer own = suite.integratorC().immediate(demo.siteId(), query);
        Answer other = suite.integratorC().immediate(demo.siteId2(), query);
        Answer nowhere = suite.integratorB().immediate(demo.siteId(), query);

        // Then
        assertThat(own.status()).as("%s", own).isEqualTo(200);
        assertThat(other.status()).isEqualTo(403);
        assertThat(nowhere.status()).isEqualTo(403);
    }

    @Test
    void doesNotKnowACatalogueOfAnotherName() {
        for (String catalogue : List.of("SECURITY", "patients.fdb", "RDB$DATABASE", "")) {
            // When
            Answer answer = run(QueryBody.sql("select 1 from RDB$DATABASE").catalogue(catalogue));

            // Then
            assertThat(answer.status()).as("%s", answer).isEqualTo(400);
            assertThat(answer.message()).contains("catalogue");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NO_SUCH_PROCEDURE",
                "P_PATIENT_SEARCH; drop table APPOINTMENTS",
                "P_PATIENT_SEARCH('A')",
                "\"P_PATIENT_SEARCH"
            })
    void takesAProceduresNameAsANameOnly(String name) {
        // When
        Answer answer = run(QueryBody.procedure(name));

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.json().path("status").asText()).isEqualTo("executionFailed");
    }

    private static void refused(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.json().path("status").asText()).as("%s", answer).isEqualTo("executionFailed");
        assertThat(answer.errorType()).as("%s", answer).isEqualTo("haloLink");
        assertThat(answer.errorCode()).as("%s", answer).isEqualTo(1007);
        assertThat(answer.errorMessage()).isNotBlank();
    }

    private Answer run(QueryBody body) {
        return suite.integratorA().immediate(demo.siteId(), body);
    }
}
