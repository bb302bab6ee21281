package dev.halo.systemtests.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.Endless;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import dev.halo.test.Background;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an async query shows of itself while it waits and runs, and after its pages were removed. */
@SystemTest
class AsyncStatesIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private final SuiteUnderTest suite;
    private final Demo demo;
    private final IntegratorClient integrator;
    private final List<String> running = new ArrayList<>();

    AsyncStatesIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.integrator = suite.integratorA();
    }

    @AfterEach
    void endWhatRuns() {
        running.forEach(id -> integrator.delete(demo.siteId(), id));
        running.forEach(id -> integrator.awaitEnded(demo.siteId(), id));
    }

    @Test
    void waitingAnswersWhenItsTimeIsUpOrAtTheNextChange() {
        // Given
        String id = executing("ASYNC_WAITED_FOR");

        // When nothing changes
        long asked = System.nanoTime();
        Answer unchanged = integrator.get(path(id) + "?waitMs=500");

        // Then
        assertThat(unchanged.queryStatus()).as("%s", unchanged).isEqualTo("executing");
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThanOrEqualTo(Duration.ofMillis(450));

        // And when it ends
        CompletableFuture<Answer> waiting = Background.supply(() -> integrator.get(path(id) + "?waitMs=30000"));
        integrator.delete(demo.siteId(), id);
        assertThat(waiting.join().queryStatus()).isEqualTo("executionFailed");
    }

    @Test
    void withoutAWaitItAnswersAtOnce() {
        // Given
        String id = executing("ASYNC_NOT_WAITED_FOR");

        // Then
        assertThat(integrator.get(path(id) + "?waitMs=0").queryStatus()).isEqualTo("executing");
        assertThat(integrator.get(path(id)).queryStatus()).isEqualTo("executing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "30001", "soon", "99999999999"})
    void aWaitHasBounds(String wait) {
        Answer answer = integrator.get(path(IntegratorClient.unknownId().toString()) + "?waitMs=" + wait);

        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.message()).contains("waitMs", "30000");
    }

    @Test
    void aPageThatIsNotYetThereSaysSo() {
        // Given
        String id = executing("ASYNC_WITHOUT_PAGES");

        // When
        Answer page = integrator.page(demo.siteId(), id, 1);

        // Then
        assertThat(page.status()).as("%s", page).isEqualTo(404);
        assertThat(page.message()).contains("not there yet");
        assertThat(integrator.stream(demo.siteId(), id, 1).statusCode()).isEqualTo(404);
    }

    @Test
    void whatCannotStartExpiresAndWhatWaitsCanBeCancelled() {
        // Given more than one integrator may run at once
        for (int i = 0; i < 16; i++) {
            running.add(
                    integrator.async(demo.siteId(), Endless.read("ASYNC_BUSY")).id());
        }
        await().atMost(SOON)
                .until(() -> !suite.practiceServer().running("ASYNC_BUSY").isEmpty());

        // When
        Answer shortly = integrator.async(demo.siteId(), one().maxTimeInQueue(300));
        String waits =
                integrator.async(demo.siteId(), one().maxTimeInQueue(7_200_000)).id();
        integrator.delete(demo.siteId(), waits);

        // Then
        assertThat(integrator.awaitEnded(demo.siteId(), shortly.id()).queryStatus())
                .isEqualTo("expiredInQueue");
        Answer cancelled = integrator.awaitEnded(demo.siteId(), waits);
        assertThat(cancelled.queryStatus()).isEqualTo("executionFailed");
        assertThat(cancelled.errorCode()).isEqualTo(1004);
    }

    @Test
    void removedPagesAreGoneInEveryForm() {
        // Given
        Answer ended = ended(one());

        // When
        integrator.delete(demo.siteId(), ended.id());

        // Then its description stays
        assertThat(integrator.page(demo.siteId(), ended.id(), 1).status()).isEqualTo(410);
        assertThat(integrator.stream(demo.siteId(), ended.id(), 1).statusCode()).isEqualTo(410);
        assertThat(integrator.query(demo.siteId(), ended.id()).queryStatus()).isEqualTo("successful");
    }

    @Test
    void outputValuesAndScalarsComeWithTheResult() {
        // When
        Answer booked = ended(QueryBody.procedure("P_BOOK_APPOINTMENT")
                .nonQuery()
                .parameter("PATIENT_ID", "Int", "7")
                .parameter("DOCTOR_ID", "Int", "2")
                .parameter("STARTS_ON", "Date", "2027-02-04")
                .parameter("STARTS_AT", "Time", "10:30:00")
                .parameter("DURATION_MINUTES", "SmallInt", "30")
                .parameter("REASON", "NVarChar", "Output of an async")
                .output("APPOINTMENT_ID", "BigInt"));
        Answer scalar = ended(
                QueryBody.sql("select 7 as A, 8 as B from RDB$DATABASE union all select 9, 10" + " from RDB$DATABASE")
                        .scalar());

        // Then
        String out = booked.json()
                .path("result")
                .path("parameters")
                .path(0)
                .path("value")
                .asText();
        assertThat(suite.practiceServer()
                        .texts("select APPOINTMENT_ID from APPOINTMENTS where REASON = 'Output of an async'"))
                .containsExactly(new String(Base64.getDecoder().decode(out), StandardCharsets.UTF_8));
        assertThat(integrator.page(demo.siteId(), scalar.id(), 1).pageRows()).hasToString("[{\"A\":7}]");
    }

    @Test
    void itsSizesAreThoseOfTheRequest() {
        // Given
        String command = "{\"text\":\"select 1 as ONE from RDB$DATABASE\"}";
        String body = "{\"command\":" + command + "}";

        // When
        Answer accepted = integrator.async(demo.siteId(), body);

        // Then
        assertThat(accepted.json().path("commandSize").asInt()).isEqualTo(command.length());
        assertThat(accepted.json().path("requestSize").asInt()).isEqualTo(body.length());
    }

    @Test
    void anUnknownCatalogueIsRefusedAtOnce() {
        for (Answer answer : List.of(
                integrator.async(
                        demo.siteId(),
                        QueryBody.sql("select 1 from RDB$DATABASE").catalogue("No such")),
                integrator.register(
                        demo.siteId(),
                        QueryBody.sql("select 1 from RDB$DATABASE")
                                .catalogue("No such")
                                .registered("Catalogue", 60, 600)))) {
            assertThat(answer.status()).as("%s", answer).isEqualTo(400);
            assertThat(answer.message()).isNotBlank();
        }
    }

    @Test
    void itMayNameACatalogue() {
        // Given
        QueryBody name = QueryBody.sql("select rdb$get_context('SYSTEM', 'DB_NAME') as NAME from RDB$DATABASE");
        String byDefault = ended(name).id();

        // When
        String named = ended(name.catalogue(otherCatalogue())).id();

        // Then
        assertThat(integrator.page(demo.siteId(), named, 1).pageRows())
                .isNotEqualTo(integrator.page(demo.siteId(), byDefault, 1).pageRows());
    }

    @Test
    void aParameterThatIsMissingIsNamed() {
        // When
        Answer accepted = integrator.async(
                demo.siteId(), QueryBody.sql("select PATIENT_ID from PATIENTS where PATIENT_ID = @nobody"));

        // Then
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(201);
        Answer ended = integrator.awaitEnded(demo.siteId(), accepted.id());
        assertThat(ended.queryStatus()).isEqualTo("executionFailed");
        assertThat(ended.errorType()).isEqualTo("haloLink");
        assertThat(ended.errorCode()).isEqualTo(1009);
        assertThat(ended.errorMessage()).contains("nobody");
    }

    @Test
    void itIsNotFoundAtAnotherSiteNorByWhomThePracticeDoesNotKnow() {
        // Given
        String id = ended(one()).id();
        String batch = "{\"queryIds\":[\"%s\"]}".formatted(id);

        // Then
        assertThat(integrator.query(demo.siteId2(), id).status()).isEqualTo(404);
        assertThat(integrator.page(demo.siteId2(), id, 1).status()).isEqualTo(404);
        assertThat(integrator.delete(demo.siteId2(), id).status()).isEqualTo(404);
        IntegratorClient unpaired = suite.integratorB();
        assertThat(unpaired.query(demo.siteId(), id).status()).isEqualTo(404);
        assertThat(unpaired.page(demo.siteId(), id, 1).status()).isEqualTo(404);
        assertThat(unpaired.delete(demo.siteId(), id).status()).isEqualTo(404);
        assertThat(unpaired.statuses(demo.siteId(), batch).toString()).doesNotContain("\"found\"");

        // And nothing of it has changed
        assertThat(integrator.page(demo.siteId(), id, 1).status()).isEqualTo(200);
    }

    @Test
    void deletingAnImmediateThatHasEndedChangesNothing() {
        // Given
        Answer ran = integrator.immediate(demo.siteId(), one());

        assertThat(ran.status()).as("%s", ran).isEqualTo(200);

        // When
        Answer deleted = integrator.delete(demo.siteId(), ran.id());

        // Then
        assertThat(deleted.status()).as("%s", deleted).isEqualTo(202);
        assertThat(integrator.get(path(ran.id()) + "?waitMs=30000").queryStatus())
                .isEqualTo("successful");
        assertThat(integrator.page(demo.siteId(), ran.id(), 1).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "registered", "status"})
    void itsRequestsAreHeldToTypeSizeAndVerb(String kind) {
        // Given
        String path = path(kind);
        String tooLarge = "{\"ignored\":\"" + "x".repeat(1024 * 1024) + "\"}";

        // Then
        assertThat(integrator.send("POST", path, "text/plain", "{}").status()).isEqualTo(415);
        assertThat(integrator.send("POST", path, "application/json", tooLarge).status())
                .isEqualTo(413);
        assertThat(integrator.send("POST", path, "application/json", "[]").status())
                .isEqualTo(400);
        assertThat(integrator.send("PUT", path, "application/json", "{}").status())
                .isEqualTo(405);
    }

    @Test
    void unknownIdsAreNotFoundAndMalformedOnesRefused() {
        String unknown = IntegratorClient.unknownId().toString();

        assertThat(integrator.delete(demo.siteId(), unknown).status()).isEqualTo(404);
        assertThat(integrator.page(demo.siteId(), unknown, 1).status()).isEqualTo(404);
        assertThat(integrator.stream(demo.siteId(), unknown, 1).statusCode()).isEqualTo(404);
        String registered = IntegratorClient.registeredPath(demo.siteId()) + "/";
        assertThat(integrator.get(registered + unknown).status()).isEqualTo(404);
        assertThat(integrator.get(registered + unknown + "/results").status()).isEqualTo(404);
        assertThat(integrator.send("DELETE", registered + unknown, null, null).status())
                .isEqualTo(404);
        assertThat(integrator.get(registered + "not-a-guid").status()).isEqualTo(400);
        assertThat(integrator.delete(demo.siteId(), "not-a-guid").status()).isEqualTo(400);
        Answer batch = integrator.statuses(demo.siteId(), "{\"queryIds\":[\"not-a-guid\"]}");
        assertThat(batch.status()).as("%s", batch).isEqualTo(400);
    }

    private static QueryBody one() {
        return QueryBody.sql("select 1 as ONE from RDB$DATABASE");
    }

    private String otherCatalogue() {
        for (JsonNode one : integrator.site(demo.siteId()).json().path("catalogue")) {
            if (!one.path("isDefault").asBoolean()) {
                return one.path("name").asText();
            }
        }
        throw new AssertionError("the site has one catalogue alone");
    }

    private String executing(String marker) {
        String id = integrator.async(demo.siteId(), Endless.read(marker)).id();
        running.add(id);
        await().atMost(SOON)
                .until(() -> integrator.query(demo.siteId(), id).queryStatus().equals("executing"));
        return id;
    }

    private Answer ended(QueryBody body) {
        Answer accepted = integrator.async(demo.siteId(), body);
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(201);
        Answer ended = integrator.awaitEnded(demo.siteId(), accepted.id());
        assertThat(ended.queryStatus()).as("%s", ended).isEqualTo("successful");
        return ended;
    }

    private String path(String id) {
        return "/integrator/sites/" + demo.siteId() + "/queries/" + id;
    }
}
