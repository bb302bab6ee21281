package dev.halo.systemtests.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Ageing;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How long things are kept, and what is answered afterwards. */
@SystemTest
class RetentionIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration MOMENT = Duration.ofMinutes(2);
    private static final QueryBody ONE = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

    private final Demo demo;
    private final IntegratorClient integrator;
    private final Ageing ageing;

    RetentionIT(SuiteUnderTest suite) {
        this.demo = suite.demo();
        this.integrator = suite.integratorA();
        this.ageing = suite.ageing();
    }

    @Test
    void pagesAreKeptForADayAfterCompletionAndAreGoneThen() {
        // Given
        String id = ended();

        // When nearly a day has passed
        ageing.completed(id, DAY.minus(MOMENT));

        // Then
        assertThat(integrator.page(demo.siteId(), id, 1).pageRows()).hasSize(1);
        assertThat(integrator.stream(demo.siteId(), id, 1).statusCode()).isEqualTo(200);

        // And after the day
        ageing.completed(id, MOMENT);
        Answer gone = integrator.page(demo.siteId(), id, 1);
        assertThat(gone.status()).as("%s", gone).isEqualTo(410);
        assertThat(gone.message()).contains("24 hours");
        assertThat(integrator.stream(demo.siteId(), id, 1).statusCode()).isEqualTo(410);
        assertThat(integrator.page(demo.siteId(), id, 2).status()).isEqualTo(410);
        Answer known = integrator.query(demo.siteId(), id);
        assertThat(known.queryStatus()).isEqualTo("successful");
        assertThat(known.json().path("result").path("rows").asInt()).isEqualTo(1);
    }

    @Test
    void aQueryIsKnownForAWeekAndNotForEver() {
        // Given
        UUID lastWeek = ageing.created(ended(), Duration.ofDays(7).minus(MOMENT));
        UUID before = ageing.created(ended(), Duration.ofDays(8).plus(MOMENT));

        // Then the one is described, and that its pages are gone is known from it
        Answer described = integrator.query(demo.siteId(), lastWeek);
        assertThat(described.queryStatus()).as("%s", described).isEqualTo("successful");
        assertThat(integrator.page(demo.siteId(), lastWeek, 1).status()).isEqualTo(410);
        await().atMost(SOON).until(() -> ageing.pages(lastWeek) == 0);
        assertThat(integrator.page(demo.siteId(), lastWeek, 1).status()).isEqualTo(410);

        // And the other is forgotten
        await().atMost(SOON).until(() -> integrator.query(demo.siteId(), before).status() == 404);
        assertThat(integrator.page(demo.siteId(), before, 1).status()).isEqualTo(404);
        assertThat(integrator.delete(demo.siteId(), before).status()).isEqualTo(404);
        Answer batch = integrator.statuses(demo.siteId(), "{\"queryIds\":[\"%s\"]}".formatted(before));
        assertThat(batch.json().path("results").path(0).path("status").asText()).isEqualTo("notFound");
    }

    @Test
    void anEndedRegisteredQueryIsReadableForADay() {
        // Given
        String path = registered(3_600);
        assertThat(integrator.send("DELETE", path, null, null).status()).isEqualTo(204);
        String id = path.substring(path.lastIndexOf('/') + 1);

        // When nearly a day has passed
        ageing.registered(id, DAY.minus(MOMENT));

        // Then
        assertThat(integrator.get(path).queryStatus()).isEqualTo("cancelled");
        assertThat(integrator.get(path + "/results").pageRows()).hasSize(1);
        assertThat(listed()).contains(id);

        // And after the day
        ageing.registered(id, MOMENT);
        assertThat(integrator.get(path).status()).isEqualTo(404);
        assertThat(integrator.get(path + "/results").status()).isEqualTo(404);
        assertThat(integrator.send("DELETE", path, null, null).status()).isEqualTo(404);
        assertThat(listed()).doesNotContain(id);
    }

    @Test
    void aRegisteredQueryIsCompletedWhenItHasRunItsDuration() {
        // Given
        String path = registered(3_600);
        String id = path.substring(path.lastIndexOf('/') + 1);
        Instant endsAt = Instant.parse(
                        integrator.get(path).json().path("createdAt").asText())
                .plusSeconds(3_600);

        // When its time has been over for longer than a last run may take
        Duration age = Duration.ofSeconds(3_600).plus(MOMENT);
        ageing.registered(id, age);

        // Then
        Answer completed = await().atMost(SOON).until(() -> integrator.get(path), answer -> answer.queryStatus()
                .equals("completed"));
        assertThat(Instant.parse(completed.json().path("completedAt").asText()))
                .isBetween(endsAt.minus(age).minusSeconds(1), endsAt.minus(age).plusSeconds(30));
        assertThat(integrator.get(path + "/results").pageRows()).hasSize(1);
        assertThat(listed()).contains(id);
    }

    @Test
    void anIdempotencyKeyIsKnownForADay() {
        // Given
        String key = UUID.randomUUID().toString();
        Answer first = integrator.async(demo.siteId(), ONE.toString(), "Idempotency-Key", key);

        // When nearly a day has passed
        ageing.idempotencyKey(key, DAY.minus(MOMENT));

        // Then
        assertThat(integrator
                        .async(demo.siteId(), ONE.toString(), "Idempotency-Key", key)
                        .id())
                .isEqualTo(first.id());

        // And after the day the key is as good as new, for another request too
        ageing.idempotencyKey(key, MOMENT);
        Answer anew = integrator.async(
                demo.siteId(), QueryBody.sql("select 2 as TWO from RDB$DATABASE") + "", "Idempotency-Key", key);
        assertThat(anew.status()).as("%s", anew).isEqualTo(201);
        assertThat(anew.id()).isNotEqualTo(first.id());
        assertThat(integrator
                        .async(demo.siteId(), ONE.toString(), "Idempotency-Key", key)
                        .status())
                .isEqualTo(409);
    }

    private String ended() {
        Answer accepted = integrator.async(demo.siteId(), ONE);
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(201);
        assertThat(integrator.awaitEnded(demo.siteId(), accepted.id()).queryStatus())
                .isEqualTo("successful");
        return accepted.id();
    }

    /** Path of a registered query that has run once. */
    private String registered(int duration) {
        Answer accepted = integrator.register(demo.siteId(), ONE.registered("Kept", 60, duration));
        assertThat(accepted.status()).as("%s", accepted).isEqualTo(202);
        String path = accepted.header("Location");
        await().atMost(SOON).until(() -> integrator.get(path + "/results").status() == 200);
        return path;
    }

    private String listed() {
        return integrator
                .get(IntegratorClient.registeredPath(demo.siteId()))
                .json()
                .toString();
    }
}
