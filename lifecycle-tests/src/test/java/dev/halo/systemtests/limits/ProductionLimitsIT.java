package dev.halo.systemtests.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halo.local.LinkCommands.Result;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.NewIntegrator;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Rates and daily quotas of the tier {@code trial} in production: 2 requests a second, 20 at once and 15 of one practice; 5
 * queries and 1 MiB of results a day at each practice.
 */
@SystemTest
class ProductionLimitsIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int BURST = 20;
    private static final int PRACTICE_BURST = 15;
    private static final int QUERIES = 5;
    private static final QueryBody SMALL = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

    private final SuiteUnderTest suite;
    private final Demo demo;

    ProductionLimitsIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @Test
    void tooManyRequestsOfAnIntegratorAreRefusedUntilItHasWaited() {
        // Given
        NewIntegrator trial = trial();
        Answer first = trial.client().sites(demo.databaseId());

        // When
        Answer refused = untilRefused(() -> trial.client().sites(demo.databaseId()), BURST);

        // Then
        assertThat(first.header("RateLimit-Limit")).isEqualTo("20");
        assertThat(first.header("RateLimit-Remaining")).isEqualTo("19");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.message()).contains("rate limit");
        assertThat(refused.json().path("error").path("statusText").asText()).isEqualTo("Too Many Requests");
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(refused.header("RateLimit-Limit")).isEqualTo("20");
        assertThat(refused.header("RateLimit-Remaining")).isEqualTo("0");
        assertThat(Integer.parseInt(refused.header("RateLimit-Reset"))).isBetween(9, 11);

        // And it concerns nobody else, and ends by itself; what nobody may ask is refused before
        assertThat(suite.integratorA().sites(demo.databaseId()).status()).isEqualTo(200);
        await().atMost(SOON).until(() -> trial.client().sites(demo.databaseId()).status() == 200);
    }

    @Test
    void tooManyRequestsThatConcernAPracticeLeaveTheOthers() {
        // Given
        NewIntegrator trial = trial();

        // When
        Answer refused = untilRefused(() -> trial.client().site(demo.siteId()), PRACTICE_BURST);

        // Then
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("RateLimit-Limit")).isEqualTo("15");
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(trial.client().site(demo.siteId2()).status()).isEqualTo(200);
        assertThat(trial.client().sites(demo.databaseId()).status()).isEqualTo(200);
    }

    @Test
    void theDailyQuotasOfQueriesAndBytesHoldForEachPracticeAndAreShown() {
        // Given
        NewIntegrator trial = trial();
        admit(trial, demo.siteId(), demo.databaseId());
        admit(trial, demo.siteId2(), demo.databaseId2());
        IntegratorClient client = trial.client();

        // When the queries of one practice are used up
        for (int i = 0; i < QUERIES; i++) {
            assertThat(client.immediate(demo.siteId(), SMALL).status()).isEqualTo(200);
        }
        Answer tooMany = client.immediate(demo.siteId(), SMALL);
        Answer tooManyAsync = client.async(demo.siteId(), SMALL);

        // Then
        assertThat(tooMany.status()).isEqualTo(403);
        assertThat(tooMany.message()).contains("daily quota of 5 queries").contains("resets at");
        assertThat(tooManyAsync.status()).isEqualTo(403);

        // When the bytes of the other one are
        QueryBody wide = QueryBody.sql("select first 400 cast(lpad('', 4000, 'x') as varchar(4000)) as WIDE"
                + " from PATIENTS p cross join PATIENTS q");
        Answer large = client.immediate(demo.siteId2(), wide);
        Answer tooLarge = client.immediate(demo.siteId2(), SMALL);

        // Then
        assertThat(large.status()).as(large.message()).isEqualTo(200);
        assertThat(large.json().path("result").path("size").asLong()).isGreaterThan(1024 * 1024);
        assertThat(tooLarge.status()).as("%s", tooLarge).isEqualTo(403);
        assertThat(tooLarge.message()).contains("daily bandwidth quota").contains("resets at");

        // And the integrator is told where it stands, and nobody else is concerned
        JsonNode usage = usage(client);
        assertThat(usage.path("integratorId").asText()).isEqualTo(trial.id());
        assertThat(usage.path("rateLimit").path("requestsPerSecond").asInt()).isEqualTo(2);
        assertThat(usage.path("practiceRateLimit").path("burst").asInt()).isEqualTo(PRACTICE_BURST);
        ZonedDateTime reset = Instant.parse(usage.path("resetsAt").asText())
                .atZone(ZoneId.of(usage.path("timeZone").asText()));
        assertThat(reset.toLocalTime().toSecondOfDay()).isZero();
        assertThat(reset.toLocalDate())
                .isEqualTo(LocalDate.parse(usage.path("day").asText()).plusDays(1));
        JsonNode first = practice(usage, demo.databaseId());
        assertThat(first.path("queries").path("used").asInt()).isEqualTo(QUERIES);
        assertThat(first.path("queries").path("quota").asInt()).isEqualTo(QUERIES);
        assertThat(first.path("queries").path("remaining").asInt()).isZero();
        JsonNode second = practice(usage, demo.databaseId2());
        assertThat(second.path("queries").path("used").asInt()).isEqualTo(1);
        assertThat(second.path("resultBytes").path("used").asLong())
                .isEqualTo(large.json().path("result").path("size").asLong());
        assertThat(second.path("resultBytes").path("remaining").asLong()).isZero();
        assertThat(suite.integratorA().immediate(demo.siteId(), SMALL).status()).isEqualTo(200);

        // When it gets the usual tier
        String name =
                suite.operator().read("/integrators/" + trial.id()).path("name").asText();
        suite.operator().replace("/integrators/" + trial.id(), "{\"name\":\"" + name + "\"}");

        // Then it goes on
        await().atMost(SOON)
                .until(() -> client.immediate(demo.siteId(), SMALL).status() == 200
                        && client.immediate(demo.siteId2(), SMALL).status() == 200);
    }

    private NewIntegrator trial() {
        return NewIntegrator.create(demo, suite.operator(), "trial", null);
    }

    /** Enabled at the practice by its administrator, and paired. */
    private void admit(NewIntegrator integrator, UUID site, String pmsId) {
        Result enabled = suite.linkCommands()
                .enable(
                        site.toString(),
                        integrator.id(),
                        "System tests",
                        demo.value("HALO_FIREBIRD_USER"),
                        demo.value("HALO_FIREBIRD_PASSWORD"));
        assertThat(enabled.code()).as(enabled.output()).isZero();
        await().atMost(SOON)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> integrator.client().pairSite(pmsId).status() == 200);
    }

    /** The first answer that is refused; as many as may come at once are let through before it. */
    private static Answer untilRefused(Supplier<Answer> request, int burst) {
        int admitted = 0;
        for (int i = 0; i < 4 * burst; i++) {
            Answer answer = request.get();
            if (answer.status() != 200) {
                assertThat(admitted).isGreaterThanOrEqualTo(burst - 1);
                return answer;
            }
            admitted++;
        }
        throw new AssertionError("never refused");
    }

    private static JsonNode practice(JsonNode usage, String pmsId) {
        for (JsonNode practice : usage.path("practices")) {
            if (practice.path("practiceManagementSiteId").asText().equals(pmsId)) {
                return practice;
            }
        }
        throw new AssertionError("no practice " + pmsId + " in " + usage);
    }

    private static JsonNode usage(IntegratorClient client) {
        HttpResponse<byte[]> response = client.raw("GET", "/integrator/usage");
        assertThat(response.statusCode()).isEqualTo(200);
        try {
            return MAPPER.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
