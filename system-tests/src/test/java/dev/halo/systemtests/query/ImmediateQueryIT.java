package dev.halo.systemtests.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An immediate query reaches the right database and its answer comes back. */
@SystemTest
class ImmediateQueryIT {

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final IntegratorClient integrator;

    ImmediateQueryIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.integrator = suite.integratorA();
    }

    @Test
    void answersRowsWithAllThatTheContractNames() {
        // Given
        QueryBody body = QueryBody.sql(
                        "select PATIENT_ID, FAMILY_NAME from PATIENTS where PATIENT_ID <= @last order by 1")
                .maxTimeInQueue(20_000)
                .parameter("@last", "Int", "3");

        // When
        Answer answer = integrator.immediate(demo.siteId(), body);

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        JsonNode query = answer.json();
        assertThat(query.path("mode").asText()).isEqualTo("immediate");
        assertThat(query.path("status").asText()).isEqualTo("successful");
        assertThat(query.path("siteId").asText()).isEqualTo(demo.siteId().toString());
        assertThat(query.path("maxTimeInQueue").asInt()).isEqualTo(20_000);
        assertThat(query.path("requestSize").asInt()).isEqualTo(body.toString().length());
        assertThat(query.path("commandSize").asInt())
                .isBetween(80, body.toString().length());
        assertThat(query.path("metrics").has("sqlExecutionDuration")).isTrue();
        assertThat(query.path("statusTiming").path("executing").has("startTime"))
                .isTrue();
        assertThat(Instant.parse(query.path("completedAt").asText()))
                .isAfterOrEqualTo(Instant.parse(query.path("createdAt").asText()));
        JsonNode result = query.path("result");
        assertThat(result.path("rows").asInt()).isEqualTo(3);
        assertThat(result.path("size").asInt())
                .isEqualTo(answer.dataBytes().length)
                .isEqualTo(query.path("resultSize").asInt());
        assertThat(answer.rows())
                .extracting(row -> row.path("PATIENT_ID").asInt())
                .containsExactly(1, 2, 3);
        assertThat(answer.rows())
                .extracting(row -> row.path("FAMILY_NAME").asText())
                .doesNotContain("");
    }

    @Test
    void answersTheRowsThatTheDatabaseHas() {
        // Given
        String sql =
                "select FIRST_NAME || ' ' || FAMILY_NAME as FULL_NAME from PATIENTS where PATIENT_ID < 200 order by PATIENT_ID";

        // When
        Answer answer = integrator.immediate(demo.siteId(), QueryBody.sql(sql));

        // Then
        assertThat(answer.rows())
                .extracting(row -> row.path("FULL_NAME").asText())
                .isEqualTo(suite.practiceServer().texts(sql));
    }

    @Test
    void answersAnEmptyArrayForNoRows() {
        // When
        Answer answer = integrator.immediate(demo.siteId(), QueryBody.sql("select * from PATIENTS where 1 = 0"));

        // Then
        assertThat(answer.status()).isEqualTo(200);
        assertThat(new String(answer.dataBytes(), StandardCharsets.UTF_8)).isEqualTo("[]");
        assertThat(answer.json().path("result").path("rows").asInt()).isZero();
    }

    @Test
    void scalarIsTheFirstColumnOfTheFirstRow() {
        // When
        Answer answer = integrator.immediate(
                demo.siteId(),
                QueryBody.sql("select PATIENT_ID, FAMILY_NAME from PATIENTS order by 1")
                        .scalar());

        // Then
        assertThat(answer.value().asInt()).isEqualTo(1);
        assertThat(answer.row().fieldNames()).toIterable().containsExactly("PATIENT_ID");
    }

    @Test
    void nonQueryWritesAndCounts() {
        // Given
        long appointment = bookedAppointment("nonQuery");

        // When
        Answer answer = integrator.immediate(
                demo.siteId(),
                QueryBody.sql("update APPOINTMENTS set REASON = @reason where APPOINTMENT_ID = @id")
                        .nonQuery()
                        .parameter("reason", "VarChar", "Moved by the practice")
                        .parameter("id", "BigInt", Long.toString(appointment)));

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().path("result").path("rowsAffected").asInt()).isEqualTo(1);
        assertThat(answer.json().path("result").has("data")).isFalse();
        assertThat(suite.practiceServer()
                        .texts("select REASON from APPOINTMENTS where APPOINTMENT_ID = " + appointment))
                .containsExactly("Moved by the practice");
    }

    @Test
    void aWriteInReaderModeGivesTheRowOfItsReturning() {
        // Given
        long appointment = bookedAppointment("returning");

        // When
        Answer answer = integrator.immediate(
                demo.siteId(),
                QueryBody.sql("update APPOINTMENTS set STATUS = 'ARRIVED' where APPOINTMENT_ID = @id returning STATUS")
                        .reader()
                        .parameter("id", "BigInt", Long.toString(appointment)));

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.row().path("STATUS").asText()).isEqualTo("ARRIVED");
        assertThat(suite.practiceServer()
                        .texts("select STATUS from APPOINTMENTS where APPOINTMENT_ID = " + appointment))
                .containsExactly("ARRIVED");
    }

    @Test
    void aSelectableProcedureGivesRows() {
        // Given
        String family = suite.practiceServer()
                .texts("select FAMILY_NAME from PATIENTS where PATIENT_ID = 1")
                .get(0);

        // When
        Answer answer = integrator.immediate(
                demo.siteId(), QueryBody.procedure("P_PATIENT_SEARCH").parameter("NAME_PREFIX", "VarChar", family));

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.rows()).isNotEmpty();
        assertThat(answer.rows())
                .extracting(row -> row.path("PATIENT_ID").asInt())
                .contains(1);
    }

    @Test
    void anExecutableProcedureGivesItsOutputs() {
        // When
        Answer answer = integrator.immediate(
                demo.siteId(),
                QueryBody.procedure("P_BOOK_APPOINTMENT")
                        .nonQuery()
                        .parameter("PATIENT_ID", "Int", "7")
                        .parameter("DOCTOR_ID", "Int", "2")
                        .parameter("STARTS_ON", "Date", "2027-02-03")
                        .parameter("STARTS_AT", "Time", "09:30:00")
                        .parameter("DURATION_MINUTES", "SmallInt", "30")
                        .parameter("REASON", "NVarChar", "Output of a procedure")
                        .output("APPOINTMENT_ID", "BigInt"));

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(suite.practiceServer()
                        .texts("select APPOINTMENT_ID from APPOINTMENTS where REASON = 'Output of a procedure'"))
                .containsExactly(answer.output("APPOINTMENT_ID"));
    }

    @Test
    void anExecutableProcedureGivesOneRowInReaderMode() {
        // When
        Answer answer = integrator.immediate(
                demo.siteId(),
                QueryBody.procedure("P_BOOK_APPOINTMENT")
                        .reader()
                        .parameter("PATIENT_ID", "Int", "8")
                        .parameter("DOCTOR_ID", "Int", "3")
                        .parameter("STARTS_ON", "Date", "2027-02-04")
                        .parameter("STARTS_AT", "Time", "10:00:00")
                        .parameter("DURATION_MINUTES", "SmallInt", "15")
                        .parameter("REASON", "NVarChar", "Row of a procedure"));

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(suite.practiceServer()
                        .texts("select APPOINTMENT_ID from APPOINTMENTS where REASON = 'Row of a procedure'"))
                .containsExactly(answer.row().path("APPOINTMENT_ID").asText());
    }

    @Test
    void bindsNamesAndLeavesThemAloneInLiteralsAndComments() {
        // Given
        QueryBody body = QueryBody.sql(
                        "select @word || '' as A, '@word' as B, @WORD || '!' as C /* @word */ from RDB$DATABASE -- @word")
                .parameter("word", "VarChar", "it's; drop table PATIENTS");

        // When
        Answer answer = integrator.immediate(demo.siteId(), body);

        // Then
        assertThat(answer.status()).as("%s", answer).isIn(200, 400);
        if (answer.status() == 200) {
            assertThat(answer.row().path("A").asText()).isEqualTo("it's; drop table PATIENTS");
            assertThat(answer.row().path("B").asText()).isEqualTo("@word");
        }
    }

    @Test
    void eachQueryReachesItsOwnOfTheTwoPractices() {
        // Given
        suite.integratorA().pairSite(demo.databaseId2());
        QueryBody count = QueryBody.sql("select count(*) from PATIENTS").scalar();

        // When
        int first = integrator.immediate(demo.siteId(), count).value().asInt();
        int second = integrator.immediate(demo.siteId2(), count).value().asInt();

        // Then
        assertThat(first)
                .isEqualTo(Integer.parseInt(suite.practiceServer()
                        .texts("select count(*) from PATIENTS")
                        .get(0)));
        assertThat(second).isPositive().isNotEqualTo(first);
    }

    @Test
    void bothCataloguesOfBothPracticesAnswer() {
        // Given
        suite.integratorA().pairSite(demo.databaseId2());

        for (Object site : List.of(demo.siteId(), demo.siteId2())) {
            // When
            Answer patients = integrator.immediate(
                    site,
                    QueryBody.sql("select count(*) from PATIENTS").scalar().catalogue("PATIENTS"));
            Answer documents = integrator.immediate(
                    site,
                    QueryBody.sql("select count(*) from DOCUMENTS").scalar().catalogue("DOCUMENTS"));
            Answer wrong = integrator.immediate(
                    site,
                    QueryBody.sql("select count(*) from DOCUMENTS").scalar().catalogue("PATIENTS"));

            // Then
            assertThat(patients.value().asInt()).isPositive();
            assertThat(documents.value().asInt()).isPositive();
            assertThat(wrong.status()).isEqualTo(400);
            assertThat(wrong.errorType()).isEqualTo("fbsql");
        }
    }

    @Test
    void runsAtOnceOnAnIdleSiteWithoutTimeInTheQueue() {
        // When
        Answer answer = integrator.immediate(
                demo.siteId(),
                QueryBody.sql("select 1 as ONE from RDB$DATABASE").maxTimeInQueue(0));

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().path("maxTimeInQueue").asInt()).isZero();
    }

    @Test
    void answersTheDatabasesOwnErrorWithItsCode() {
        // When
        Answer answer = integrator.immediate(demo.siteId(), QueryBody.sql("select NO_SUCH_COLUMN from PATIENTS"));

        // Then
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("status").asText()).isEqualTo("executionFailed");
        assertThat(answer.errorType()).isEqualTo("fbsql");
        assertThat(answer.errorCode())
                .isEqualTo(335544578)
                .isEqualTo(answer.json().path("errorCode").asInt());
        assertThat(answer.errorMessage()).contains("NO_SUCH_COLUMN");
        assertThat(answer.errorMessage())
                .isEqualTo(answer.json().path("errorMessage").asText());
        assertThat(answer.errorMessage()).doesNotContain("Exception").doesNotContain(".fdb");
    }

    private long bookedAppointment(String reason) {
        Answer booked = integrator.immediate(
                demo.siteId(),
                QueryBody.procedure("P_BOOK_APPOINTMENT")
                        .reader()
                        .parameter("PATIENT_ID", "Int", "1")
                        .parameter("DOCTOR_ID", "Int", "1")
                        .parameter("STARTS_ON", "Date", "2027-03-01")
                        .parameter("STARTS_AT", "Time", "11:00:00")
                        .parameter("DURATION_MINUTES", "SmallInt", "15")
                        .parameter("REASON", "VarChar", reason));
        assertThat(booked.status()).as("%s", booked).isEqualTo(200);
        return booked.row().path("APPOINTMENT_ID").asLong();
    }
}
