package dev.halo.systemtests.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an integrator gets who sends a request again under its key; asyncs are in {@link AsyncQueryIT}. */
@SystemTest
class IdempotencyIT {

    private static final String HEADER = "Idempotency-Key";
    private static final String ROW =
            QueryBody.sql("select 1 as ONE from RDB$DATABASE").toString();

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final IntegratorClient integrator;
    private final String key = UUID.randomUUID().toString();

    IdempotencyIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.integrator = suite.integratorA();
    }

    @Test
    void anImmediateWriteGetsItsFirstOutcome() {
        // Given
        String reason = "Once " + key;
        String body = booking(reason);

        // When
        Answer first = immediate(integrator, body, key);
        Answer second = immediate(integrator, body, key);

        // Then
        assertThat(first.status()).as("%s", first).isEqualTo(200);
        assertThat(second.status()).as("%s", second).isEqualTo(200);
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.json().path("result").path("rowsAffected").asInt()).isEqualTo(1);
        assertThat(booked(reason)).isEqualTo(1);
    }

    @Test
    void anImmediatesRowsAreNotKept() {
        // When
        Answer first = immediate(integrator, ROW, key);
        Answer again = immediate(integrator, ROW, key);
        Answer other = immediate(integrator, "{\"command\":{\"text\":\"select 2 from RDB$DATABASE\"}}", key);

        // Then
        assertThat(first.status()).as("%s", first).isEqualTo(200);
        assertThat(again.status()).as("%s", again).isEqualTo(409);
        assertThat(again.message()).contains(first.id());
        assertThat(other.status()).as("%s", other).isEqualTo(409);
    }

    @Test
    void aRegistrationIsTheFirstOne() {
        // Given
        QueryBody query = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

        // When
        Answer first = integrator.register(demo.siteId(), query.registered("First", 60, 600), HEADER, key);
        Answer again = integrator.register(demo.siteId(), query.registered("First", 60, 600), HEADER, key);
        Answer other = integrator.register(demo.siteId(), query.registered("Other", 60, 600), HEADER, key);

        // Then
        assertThat(first.status()).as("%s", first).isEqualTo(202);
        assertThat(again.status()).as("%s", again).isEqualTo(202);
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(other.status()).as("%s", other).isEqualTo(409);
        integrator.send("DELETE", first.header("Location"), null, null);
    }

    @Test
    void anAsyncIsTheFirstOneAndRunsOnce() {
        // Given
        String reason = "Once as an async " + key;
        String body = booking(reason);

        // When
        Answer first = integrator.async(demo.siteId(), body, HEADER, key);
        Answer again = integrator.async(demo.siteId(), body, HEADER, key);
        Answer other = integrator.async(demo.siteId(), ROW, HEADER, key);

        // Then
        assertThat(first.status()).as("%s", first).isEqualTo(201);
        assertThat(again.status()).as("%s", again).isEqualTo(201);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(other.status()).as("%s", other).isEqualTo(409);
        assertThat(integrator.awaitEnded(demo.siteId(), first.id()).queryStatus())
                .isEqualTo("successful");
        assertThat(booked(reason)).isEqualTo(1);
    }

    @Test
    void aKeyIsOfOneIntegrator() {
        // When
        Answer mine = integrator.async(demo.siteId(), ROW, HEADER, key);
        Answer anothers = suite.integratorC().async(demo.siteId(), ROW, HEADER, key);

        // Then
        assertThat(mine.status()).as("%s", mine).isEqualTo(201);
        assertThat(anothers.status()).as("%s", anothers).isEqualTo(201);
        assertThat(anothers.id()).isNotEqualTo(mine.id());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 256})
    void aKeyHasBounds(int length) {
        String wrong = "k".repeat(length);

        for (Answer answer : List.of(
                immediate(integrator, ROW, wrong),
                integrator.async(demo.siteId(), ROW, HEADER, wrong),
                integrator.register(
                        demo.siteId(),
                        QueryBody.sql("select 1 from RDB$DATABASE").registered("Key", 60, 600),
                        HEADER,
                        wrong))) {
            assertThat(answer.status()).as("%s", answer).isEqualTo(400);
            assertThat(answer.message()).contains(HEADER, "255");
        }
    }

    @Test
    void theLongestKeyIsTaken() {
        Answer answer = integrator.async(demo.siteId(), ROW, HEADER, (key + "k".repeat(255)).substring(0, 255));

        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
    }

    private static String booking(String reason) {
        return QueryBody.sql("insert into APPOINTMENTS (APPOINTMENT_ID, PATIENT_ID, DOCTOR_ID, CLINIC_ID,"
                        + " STARTS_ON, STARTS_AT, STATUS, REASON) select min(APPOINTMENT_ID) - 1, 1, 1, 1,"
                        + " current_date, current_time, 'BOOKED', '" + reason + "' from APPOINTMENTS")
                .nonQuery()
                .toString();
    }

    private int booked(String reason) {
        return Integer.parseInt(suite.practiceServer()
                .texts("select count(*) from APPOINTMENTS where REASON = ?", reason)
                .get(0));
    }

    private Answer immediate(IntegratorClient client, String body, String withKey) {
        return client.send(
                "POST", IntegratorClient.immediatePath(demo.siteId()), "application/json", body, HEADER, withKey);
    }
}
