package dev.halo.systemtests.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Registered queries, as an integrator sees them. */
@SystemTest
class RegisteredQueryIT {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(60);

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final IntegratorClient integrator;

    RegisteredQueryIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.integrator = suite.integratorA();
    }

    @Tag("chaos")
    @Test
    void runsOnceMoreAtItsEnd() {
        // Given a query that is registered for as long as its frequency
        String id = register(QueryBody.sql("select count(*) as N from PATIENTS").registered("Twice", 60, 60))
                .id();
        Answer first = awaitRuns(id, 1);

        // When its time is over
        Answer second =
                await().atMost(Duration.ofMinutes(5)).until(() -> registered(id), RegisteredQueryIT::isCompleted);

        // Then it has run on the boundary, and the unchanged result adds nothing
        assertThat(runs(second)).isEqualTo(2);
        assertThat(second.json().path("metrics").path("resultSizeSum"))
                .isEqualTo(first.json().path("metrics").path("resultSizeSum"));
        assertThat(second.json().path("completedAt").isTextual()).isTrue();
        assertThat(results(id).pageRows().get(0).path("N").asInt()).isEqualTo(2_000);
    }

    @Test
    void runsAtOnceAndKeepsItsResult() throws Exception {
        // When
        String body = QueryBody.sql("select count(*) as N from PATIENTS").registered("Patients", 60, 3_600);
        Answer accepted = register(body);
        String id = accepted.id();

        // Then it runs at once
        assertThat(accepted.header("Location")).endsWith("/queries/registered/" + id);
        Answer first = awaitRuns(id, 1);
        assertThat(first.queryStatus()).isEqualTo("enabled");
        assertThat(first.json().path("name").asText()).isEqualTo("Patients");
        Answer result = results(id);
        assertThat(result.pageRows().get(0).path("N").asInt()).isEqualTo(2_000);
        assertThat(result.json().path("rows").asInt()).isEqualTo(1);
        assertThat(first.json().path("lastHash").asText()).isEqualTo(hashOf(result));
        long sizes = first.json().path("metrics").path("resultSizeSum").asLong();
        assertThat(sizes).isEqualTo(result.json().path("size").asLong());

        // And its metrics are those of the one run and of the request
        JsonNode metrics = first.json().path("metrics");
        assertThat(Instant.parse(metrics.path("lastSucceededAt").asText()))
                .isBetween(
                        Instant.parse(first.json().path("createdAt").asText()),
                        Instant.now().plusSeconds(1));
        assertThat(metrics.path("lastExecutionDuration").isIntegralNumber()).isTrue();
        assertThat(metrics.path("executionFailedCount").asInt()).isZero();
        assertThat(metrics.path("requestSize").asInt()).isEqualTo(body.length());
        assertThat(metrics.has("lastFailedAt")).isFalse();
        assertThat(first.json().has("completedAt")).isFalse();
        cancel(id);
    }

    @Test
    void aFailedRunIsShownAndDoesNotEndIt() {
        // When
        String id = register(QueryBody.sql("select * from NO_SUCH_TABLE").registered("Wrong", 60, 3_600))
                .id();

        // Then
        Answer failed = awaitFailedRun(id);
        assertThat(failed.queryStatus()).isEqualTo("enabled");
        assertThat(failed.json().path("lastErrorDetails").path("errorType").asText())
                .isEqualTo("fbsql");
        assertThat(failed.json().path("metrics").path("lastFailedAt").isTextual())
                .isTrue();
        assertThat(failed.json().has("lastHash")).isFalse();
        assertThat(integrator.get(path(id) + "/results").status()).isEqualTo(404);
        cancel(id);
    }

    @Test
    void outputValuesAreItsResult() {
        // Given
        String reason = "Output of a run " + UUID.randomUUID();

        // When
        String id = register(QueryBody.procedure("P_BOOK_APPOINTMENT")
                        .reader()
                        .parameter("PATIENT_ID", "Int", "7")
                        .parameter("DOCTOR_ID", "Int", "2")
                        .parameter("STARTS_ON", "Date", "2027-02-05")
                        .parameter("STARTS_AT", "Time", "10:30:00")
                        .parameter("DURATION_MINUTES", "SmallInt", "30")
                        .parameter("REASON", "NVarChar", reason)
                        .output("APPOINTMENT_ID", "BigInt")
                        .registered("Outputs", 60, 3_600))
                .id();

        // Then
        awaitRuns(id, 1);
        String out = results(id).json().path("parameters").path(0).path("value").asText();
        assertThat(suite.practiceServer().texts("select APPOINTMENT_ID from APPOINTMENTS where REASON = ?", reason))
                .containsExactly(new String(Base64.getDecoder().decode(out), StandardCharsets.UTF_8));
        cancel(id);
    }

    @Test
    void aRunMayHaveEightMegabytesAndNoMore() {
        // When
        String id = register(QueryBody.sql("select first 1100 rpad('', 8000, 'x') as W from PATIENTS")
                        .registered("Too large", 60, 3_600))
                .id();

        // Then
        Answer failed = awaitFailedRun(id);
        assertThat(failed.json().path("lastErrorDetails").path("errorType").asText())
                .isEqualTo("http");
        assertThat(failed.json().path("lastErrorDetails").path("errorCode").asInt())
                .isEqualTo(413);
        assertThat(integrator.get(path(id) + "/results").status()).isEqualTo(404);
        cancel(id);
    }

    @Test
    void aRegisteredStatementMayWrite() {
        // Given
        String reason = "Registered " + UUID.randomUUID();

        // When
        String id = register(QueryBody.sql("insert into APPOINTMENTS (APPOINTMENT_ID, PATIENT_ID, DOCTOR_ID, CLINIC_ID,"
                                + " STARTS_ON, STARTS_AT, STATUS, REASON) select min(APPOINTMENT_ID) - 1, 1, 1, 1,"
                                + " current_date, current_time, 'BOOKED', '" + reason + "' from APPOINTMENTS")
                        .nonQuery()
                        .registered("Writes", 60, 3_600))
                .id();

        // Then
        awaitRuns(id, 1);
        assertThat(suite.practiceServer().texts("select count(*) from APPOINTMENTS where REASON = ?", reason))
                .containsExactly("1");
        cancel(id);
    }

    @Test
    void cancellingIsForGoodAndItsResultStays() {
        // Given
        String id = register(QueryBody.sql("select 1 as ONE from RDB$DATABASE").registered("Short", 60, 3_600))
                .id();
        awaitRuns(id, 1);

        // When
        cancel(id);

        // Then
        assertThat(registered(id).queryStatus()).isEqualTo("cancelled");
        assertThat(integrator.send("DELETE", path(id), null, null).status()).isEqualTo(204);
        assertThat(results(id).pageRows()).hasSize(1);
        Answer list = integrator.get(IntegratorClient.registeredPath(demo.siteId()));
        JsonNode mine = null;
        for (JsonNode one : list.json().path("registeredQueries")) {
            mine = one.path("id").asText().equals(id) ? one : mine;
        }
        assertThat(mine).isNotNull();
        assertThat(mine.path("status").asText()).isEqualTo("cancelled");
    }

    @Test
    void nobodyElseSeesIt() {
        // Given
        String id = register(QueryBody.sql("select 1 as ONE from RDB$DATABASE").registered("Mine", 60, 3_600))
                .id();

        // Then
        IntegratorClient stranger = suite.integratorC();
        assertThat(stranger.get(path(id)).status()).isEqualTo(404);
        assertThat(stranger.get(path(id) + "/results").status()).isEqualTo(404);
        assertThat(stranger.send("DELETE", path(id), null, null).status()).isEqualTo(404);
        assertThat(stranger.get(IntegratorClient.registeredPath(demo.siteId()))
                        .json()
                        .path("registeredQueries"))
                .noneMatch(one -> one.path("id").asText().equals(id));
        cancel(id);
    }

    @ParameterizedTest
    @CsvSource({
        "59, 3600, frequency, from 60 to 86400",
        "60, 59, duration, from 60 to 86400",
        "60, 86401, duration, from 60 to 86400",
        "86401, 86400, frequency, from 60 to 86400",
        "3600, 60, duration, below frequency",
        "-1, 3600, frequency, from 60 to 86400"
    })
    void itsTimesHaveBounds(int frequency, int duration, String field, String bound) {
        Answer answer = integrator.register(
                demo.siteId(), QueryBody.sql("select 1 from RDB$DATABASE").registered("Bounds", frequency, duration));

        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.message()).contains(field, bound);
    }

    @ParameterizedTest
    @CsvSource({
        "name, null",
        "name, ' '",
        "registeredQueryType, other",
        "registeredQueryType, null",
        "frequency, 60.5",
        "frequency, soon",
        "duration, null",
        "registerCommand, null"
    })
    void whatIsMissingOrWrongIsNamed(String field, String value) throws Exception {
        // Given
        ObjectNode body = (ObjectNode)
                MAPPER.readTree(QueryBody.sql("select 1 from RDB$DATABASE").registered("Wrong", 60, 600));
        body.set(field, value.matches("[0-9.]+|null") ? MAPPER.readTree(value) : TextNode.valueOf(value));

        // When
        Answer answer = integrator.register(demo.siteId(), body.toString());

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.message()).contains(field);
    }

    @Test
    void itsLongestAndShortestTimesAreTaken() {
        for (int seconds : new int[] {60, 86_400}) {
            String id = register(QueryBody.sql("select 1 as ONE from RDB$DATABASE")
                            .registered("On its bounds", seconds, seconds))
                    .id();

            Answer registered = registered(id);
            assertThat(registered.json().path("frequency").asInt()).isEqualTo(seconds);
            assertThat(registered.json().path("duration").asInt()).isEqualTo(seconds);
            cancel(id);
        }
    }

    @Test
    void itMayNameACatalogue() {
        // Given
        JsonNode catalogues = integrator.site(demo.siteId()).json().path("catalogue");
        String other = null;
        for (JsonNode one : catalogues) {
            other = one.path("isDefault").asBoolean() ? other : one.path("name").asText();
        }

        // When
        String id = register(QueryBody.sql("select rdb$get_context('SYSTEM', 'DB_NAME') as NAME from RDB$DATABASE")
                        .catalogue(other)
                        .registered("Other catalogue", 60, 3_600))
                .id();

        // Then it runs in another database than without
        awaitRuns(id, 1);
        Answer byDefault = integrator.immediate(
                demo.siteId(), QueryBody.sql("select rdb$get_context('SYSTEM', 'DB_NAME') as NAME from RDB$DATABASE"));
        assertThat(results(id).pageRows().get(0).path("NAME").asText())
                .isNotEqualTo(byDefault.row().path("NAME").asText());
        cancel(id);
    }

    private Answer register(String body) {
        Answer accepted = integrator.register(demo.siteId(), body);
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(202);
        return accepted;
    }

    private void cancel(String id) {
        assertThat(integrator.send("DELETE", path(id), null, null).status()).isEqualTo(204);
    }

    private Answer awaitRuns(String id, int count) {
        return await().atMost(SOON).until(() -> registered(id), answer -> runs(answer) == count);
    }

    private Answer awaitFailedRun(String id) {
        return await().atMost(SOON)
                .until(
                        () -> registered(id),
                        answer -> answer.json()
                                        .path("metrics")
                                        .path("executionFailedCount")
                                        .asInt()
                                == 1);
    }

    private Answer registered(String id) {
        return integrator.get(path(id));
    }

    private Answer results(String id) {
        Answer answer = integrator.get(path(id) + "/results");
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer;
    }

    private String path(String id) {
        return IntegratorClient.registeredPath(demo.siteId()) + "/" + id;
    }

    private static int runs(Answer answer) {
        return answer.json().path("metrics").path("executionSucceededCount").asInt();
    }

    private static boolean isCompleted(Answer answer) {
        return answer.queryStatus().equals("completed");
    }

    private static String hashOf(Answer result) throws Exception {
        byte[] json = Base64.getDecoder().decode(result.json().path("data").asText());
        return Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(json));
    }
}
