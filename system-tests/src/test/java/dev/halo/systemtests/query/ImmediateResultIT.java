package dev.halo.systemtests.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Results of immediate queries that are large, and what is shown of them afterwards. */
@SystemTest
class ImmediateResultIT {

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final IntegratorClient integrator;

    ImmediateResultIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.integrator = suite.integratorA();
    }

    @Test
    void aResultTooLargeForTheSessionComesBackWhole() {
        // Given 2 000 rows of more than 200 bytes each, so more than 256 KiB
        QueryBody body = QueryBody.sql(
                "select first 2000 a.APPOINTMENT_ID, cast('x' as char(200)) as FILL from APPOINTMENTS a order by 1");

        // When
        Answer answer = integrator.immediate(demo.siteId(), body);

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.dataBytes().length).isGreaterThan(256 * 1024);
        assertThat(answer.json().path("result").path("size").asInt()).isEqualTo(answer.dataBytes().length);
        assertThat(answer.rows()).hasSize(2_000);
        assertThat(answer.rows())
                .extracting(row -> row.path("APPOINTMENT_ID").asText())
                .isEqualTo(
                        suite.practiceServer().texts("select first 2000 APPOINTMENT_ID from APPOINTMENTS order by 1"));
    }

    @Test
    void aResultOverEightMegabytesIsRefusedButSaidToHaveRun() {
        // When
        Answer answer = integrator.immediate(
                demo.siteId(),
                QueryBody.sql("select first 9000 cast('x' as char(1000)) as FILL from APPOINTMENTS, CLINICS"));

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(413);
        assertThat(answer.json().path("status").asText()).isEqualTo("executionFailed");
        assertThat(answer.errorType()).isEqualTo("http");
        assertThat(answer.errorCode()).isEqualTo(413);
        assertThat(answer.errorMessage()).isNotBlank();
    }

    @Test
    void aWriteWhoseResultIsOverEightMegabytesSaysThatItRan() {
        // Given
        String appointment = suite.practiceServer()
                .texts("select max(APPOINTMENT_ID) from APPOINTMENTS")
                .get(0);

        // When
        Answer answer = integrator.immediate(
                demo.siteId(),
                QueryBody.sql("update APPOINTMENTS set REASON = 'over eight megabytes' where APPOINTMENT_ID = @id"
                                + " returning (select list(FILL) from (select first 1200 rpad('', 8000, 'x') as FILL"
                                + " from RDB$FIELDS a, RDB$FIELDS b))")
                        .parameter("id", "Int", appointment));

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(413);
        assertThat(answer.errorMessage()).contains("changes were committed");
        assertThat(suite.practiceServer()
                        .texts("select REASON from APPOINTMENTS where APPOINTMENT_ID = " + appointment))
                .containsExactly("over eight megabytes");
    }

    @Test
    void showsAnImmediateQueryAfterwards() {
        // Given
        Answer ran = integrator.immediate(demo.siteId(), QueryBody.sql("select 1 as ONE from RDB$DATABASE"));

        // When
        Answer shown = integrator.query(demo.siteId(), ran.id());

        // Then
        assertThat(shown.status()).as("%s", shown).isEqualTo(200);
        assertThat(shown.id()).isEqualTo(ran.id());
        assertThat(shown.json().path("mode").asText()).isEqualTo("immediate");
        assertThat(shown.json().path("status").asText()).isEqualTo("successful");
        assertThat(shown.json().path("createdAt")).isEqualTo(ran.json().path("createdAt"));
    }

    @Test
    void showsAFailedImmediateQueryAfterwards() {
        // Given
        Answer ran = integrator.immediate(demo.siteId(), QueryBody.sql("select * from NO_SUCH_TABLE"));

        // When
        Answer shown = integrator.query(demo.siteId(), ran.id());

        // Then
        assertThat(ran.status()).isEqualTo(400);
        assertThat(shown.status()).as("%s", shown).isEqualTo(200);
        assertThat(shown.json().path("status").asText()).isEqualTo("executionFailed");
        assertThat(shown.errorType()).isEqualTo("fbsql");
        assertThat(shown.errorCode()).isEqualTo(335544580);
    }

    @Test
    void hidesAQueryFromEverybodyElse() {
        // Given
        Answer ran = integrator.immediate(demo.siteId(), QueryBody.sql("select 1 as ONE from RDB$DATABASE"));

        // When
        Answer paired = suite.integratorC().query(demo.siteId(), ran.id());
        Answer unpaired = suite.integratorB().query(demo.siteId(), ran.id());
        Answer elsewhere = integrator.query(demo.siteId2(), ran.id());
        Answer unknown = integrator.query(demo.siteId(), IntegratorClient.unknownId());

        // Then
        assertThat(List.of(paired, unpaired, elsewhere, unknown))
                .extracting(Answer::status)
                .containsOnly(404);
        assertThat(paired.message().replace(ran.id(), ""))
                .isEqualTo(unpaired.message().replace(ran.id(), ""));
    }
}
