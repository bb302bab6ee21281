package dev.halo.systemtests.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.local.LinkCommands.Result;
import dev.halo.local.ServiceName;
import dev.halo.local.ServiceProcess;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.NewIntegrator;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Rates and daily quotas in production, of two gateways together. Those of the tier {@code trial}: 2 requests a second, 20 at
 * once; 5 queries and 1 MiB of results a day at each practice.
 */
@SystemTest
@Order(SuiteUnderTest.AFTER_THE_ORDINARY)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TwoGatewaysIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration LATER = Duration.ofSeconds(150);
    private static final Duration MEASURED = Duration.ofSeconds(6);
    private static final int PER_SECOND = 2;
    private static final int QUERIES = 5;
    private static final int MEASURED_QUERIES = 1_000;
    private static final long MEASURED_BYTES = 10_000_000;
    private static final QueryBody SMALL = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

    /** Large enough for a rate that nobody meets, and quotas that one part in a hundred of is something. */
    private static final Map<String, String> TIER = Map.of(
            "halo.gateway.limits.tiers.measured.requests-per-second", "100000",
            "halo.gateway.limits.tiers.measured.burst", "100000",
            "halo.gateway.limits.tiers.measured.practice-requests-per-second", "100000",
            "halo.gateway.limits.tiers.measured.practice-burst", "100000",
            "halo.gateway.limits.tiers.measured.daily-queries", Integer.toString(MEASURED_QUERIES),
            "halo.gateway.limits.tiers.measured.daily-bytes", Long.toString(MEASURED_BYTES));

    private final SuiteUnderTest suite;
    private final Demo demo;
    private ServiceProcess other;

    TwoGatewaysIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @BeforeAll
    void startAnother() {
        other = suite.startAnother(ServiceName.GATEWAY);
    }

    @AfterAll
    void stopIt() {
        other.stop();
    }

    @Test
    @Order(1)
    void theSumOfBothHoldsTheRate() {
        // Given an integrator that has used its burst, at gateways that know of each other
        NewIntegrator trial = trial();
        IntegratorClient here = trial.client();
        IntegratorClient there = new IntegratorClient(other.url(), trial.key());
        await().atMost(SOON)
                .until(() ->
                        here.sites(demo.databaseId()).header("RateLimit-Limit").equals("10")
                                && there.sites(demo.databaseId())
                                        .header("RateLimit-Limit")
                                        .equals("10"));
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> here.sites(demo.databaseId()).status() == 429
                        && there.sites(demo.databaseId()).status() == 429);

        // When
        int[] admitted = new int[1];
        long begin = System.nanoTime();
        await().atMost(SOON)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(80))
                .until(() -> {
                    int now = here.sites(demo.databaseId()).status() == 200 ? 1 : 0;
                    now += there.sites(demo.databaseId()).status() == 200 ? 1 : 0;
                    admitted[0] += now;
                    // Not before both refuse: on a busy machine something is left of what they have saved meanwhile.
                    return now == 0 && System.nanoTime() - begin >= MEASURED.toNanos();
                });

        // Then
        double expected = PER_SECOND * (System.nanoTime() - begin) / 1e9;
        assertThat((double) admitted[0]).isBetween(expected * 0.8, expected * 1.2);
    }

    @Test
    @Order(2)
    void theDailyQuotasHoldForBothAndForEachPracticeAlsoWhenOneDies() {
        // Given
        NewIntegrator trial = trial();
        admit(trial, demo.siteId(), demo.databaseId());
        admit(trial, demo.siteId2(), demo.databaseId2());
        IntegratorClient here = trial.client();
        IntegratorClient there = new IntegratorClient(other.url(), trial.key());

        // When both gateways have given something, and one of them dies at once
        long bytes = 0;
        bytes += size(admitted(() -> there.immediate(demo.siteId2(), wide(100))));
        bytes += size(admitted(() -> here.immediate(demo.siteId2(), wide(60))));
        for (int i = 0; i < 3; i++) {
            IntegratorClient either = i % 2 == 0 ? here : there;
            assertThat(admitted(() -> either.immediate(demo.siteId(), SMALL)).status())
                    .isEqualTo(200);
        }
        other.kill();

        // Then as many queries are left as there were
        for (int i = 3; i < QUERIES; i++) {
            assertThat(admitted(() -> here.immediate(demo.siteId(), SMALL)).status())
                    .isEqualTo(200);
        }
        Answer tooMany = admitted(() -> here.immediate(demo.siteId(), SMALL));
        assertThat(tooMany.status()).isEqualTo(403);
        assertThat(tooMany.message()).contains("daily quota of 5 queries").contains("resets at");
        assertThat(admitted(() -> here.async(demo.siteId(), SMALL)).status()).isEqualTo(403);

        // And as many bytes; the answer that passes the bound is given whole
        bytes += size(admitted(() -> here.immediate(demo.siteId2(), wide(110))));
        assertThat(bytes).isGreaterThan(1024 * 1024);
        Answer tooLarge = admitted(() -> here.immediate(demo.siteId2(), SMALL));
        assertThat(tooLarge.status()).as("%s", tooLarge).isEqualTo(403);
        assertThat(tooLarge.message()).contains("daily bandwidth quota").contains("resets at");

        // And the integrator is told where it stands, and nobody else is concerned
        Usage usage = Usage.of(here);
        assertThat(usage.json().path("integratorId").asText()).isEqualTo(trial.id());
        assertThat(usage.json().path("rateLimit").path("requestsPerSecond").asInt())
                .isEqualTo(PER_SECOND);
        assertThat(usage.json().path("practiceRateLimit").path("burst").asInt()).isEqualTo(15);
        assertThatItResetsAtMidnight(usage);
        JsonNode first = usage.at(demo.databaseId());
        assertThat(first.path("queries").path("used").asInt()).isEqualTo(QUERIES);
        assertThat(first.path("queries").path("quota").asInt()).isEqualTo(QUERIES);
        assertThat(first.path("queries").path("remaining").asInt()).isZero();
        JsonNode second = usage.at(demo.databaseId2());
        assertThat(second.path("queries").path("used").asInt()).isEqualTo(3);
        assertThat(second.path("resultBytes").path("used").asLong()).isEqualTo(bytes);
        assertThat(second.path("resultBytes").path("remaining").asLong()).isZero();
        assertThat(suite.integratorA().immediate(demo.siteId(), SMALL).status()).isEqualTo(200);

        // When it gets the usual tier
        String name =
                suite.operator().read("/integrators/" + trial.id()).path("name").asText();
        suite.operator().replace("/integrators/" + trial.id(), "{\"name\":\"" + name + "\"}");

        // Then it goes on
        await().atMost(SOON)
                .until(() -> here.immediate(demo.siteId(), SMALL).status() == 200
                        && here.immediate(demo.siteId2(), SMALL).status() == 200);
    }

    @Test
    @Order(3)
    @Tag("chaos")
    void restartsAndCrashesCostAQuotaLessThanOnePartInAHundred() {
        // Given
        restartBoth(TIER);
        NewIntegrator measured = NewIntegrator.create(demo, suite.operator(), "measured", null);
        admit(measured, demo.siteId(), demo.databaseId());
        admit(measured, demo.siteId2(), demo.databaseId2());
        IntegratorClient here = measured.client();
        IntegratorClient there = new IntegratorClient(other.url(), measured.key());

        // When both gateways crash and stop, each while queries have been given a moment ago
        int queries = given(here, 150) + given(there, 151);
        long bytes = read(here, 20) + read(there, 21);
        other.kill();
        suite.kill(ServiceName.GATEWAY);
        other.start();
        suite.start(ServiceName.GATEWAY);
        other.awaitReady(LATER);
        suite.awaitOnline();
        queries += given(here, 101) + given(there, 100);
        bytes += read(here, 11) + read(there, 10);
        restartBoth(TIER);
        queries += given(there, 50) + given(here, 50);

        // Then what is left is what was not given
        int more;
        do {
            more = given(here, 25) + given(there, 25);
            queries += more;
        } while (more > 0);
        assertThat(queries).isBetween(MEASURED_QUERIES - MEASURED_QUERIES / 100, MEASURED_QUERIES);
        long last;
        do {
            last = read(here, 1) + read(there, 1);
            bytes += last;
        } while (last > 0);
        assertThat(bytes).isBetween(MEASURED_BYTES - MEASURED_BYTES / 100, MEASURED_BYTES + MEASURED_BYTES / 100);
    }

    @Test
    @Order(4)
    @Tag("chaos")
    void quotasBeginAnewAtMidnightOfTheConfiguredZone() {
        NewIntegrator trial = trial();
        admit(trial, demo.siteId(), demo.databaseId());
        try {
            // Given a zone in which midnight is near
            LocalTime then = LocalTime.now(ZoneOffset.UTC).plusSeconds(90);
            int seconds = -then.toSecondOfDay();
            ZoneId zone = ZoneOffset.ofTotalSeconds(seconds < -12 * 3600 ? seconds + 24 * 3600 : seconds);
            restartBoth(Map.of("halo.gateway.limits.zone", zone.getId()));
            IntegratorClient here = trial.client();
            IntegratorClient there = new IntegratorClient(other.url(), trial.key());
            String before = Usage.of(here).day();
            for (int i = 0; i < QUERIES; i++) {
                assertThat(admitted(() -> there.immediate(demo.siteId(), SMALL)).status())
                        .isEqualTo(200);
            }
            assertThat(admitted(() -> here.immediate(demo.siteId(), SMALL)).message())
                    .contains("resets at")
                    .contains("T00:00:00");
            assertThat(Usage.of(here).day()).isEqualTo(before);

            // When it is over
            await().atMost(LATER)
                    .pollInterval(Duration.ofSeconds(2))
                    .until(() -> !Usage.of(here).day().equals(before));

            // Then
            assertThat(admitted(() -> here.immediate(demo.siteId(), SMALL)).status())
                    .isEqualTo(200);
            assertThat(admitted(() -> there.immediate(demo.siteId(), SMALL)).status())
                    .isEqualTo(200);
            assertThat(Usage.of(here).day())
                    .isEqualTo(LocalDate.parse(before).plusDays(1).toString());
        } finally {
            restartBoth(Map.of());
        }
    }

    /** In order, and with these settings; those of the other one stay. */
    private void restartBoth(Map<String, String> settings) {
        suite.restart(ServiceName.GATEWAY, settings);
        settings.forEach(other::configure);
        other.restart(LATER);
        suite.awaitOnline();
    }

    /** How many of so many queries a gateway answers; the others must be over the quota. */
    private int given(IntegratorClient client, int queries) {
        int given = 0;
        for (int i = 0; i < queries; i++) {
            Answer answer = client.immediate(demo.siteId(), SMALL);
            assertThat(answer.status()).as("%s", answer).isIn(200, 403);
            given += answer.status() == 200 ? 1 : 0;
        }
        return given;
    }

    /** How many bytes a gateway gives in so many answers; those that it does not give must be over the quota. */
    private long read(IntegratorClient client, int answers) {
        long bytes = 0;
        for (int i = 0; i < answers; i++) {
            Answer answer = client.immediate(demo.siteId2(), wide(8));
            assertThat(answer.status()).as("%s", answer).isIn(200, 403);
            bytes += answer.status() == 200 ? size(answer) : 0;
        }
        return bytes;
    }

    private static void assertThatItResetsAtMidnight(Usage usage) {
        ZonedDateTime reset = Instant.parse(usage.json().path("resetsAt").asText())
                .atZone(ZoneId.of(usage.json().path("timeZone").asText()));
        assertThat(reset.toLocalTime().toSecondOfDay()).isZero();
        assertThat(reset.toLocalDate()).isEqualTo(LocalDate.parse(usage.day()).plusDays(1));
    }

    /** So many rows of 4000 characters. */
    private static QueryBody wide(int rows) {
        return QueryBody.sql("select first " + rows + " cast(lpad('', 4000, 'x') as varchar(4000)) as WIDE"
                + " from PATIENTS p cross join PATIENTS q");
    }

    private static long size(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer.json().path("result").path("size").asLong();
    }

    /** What is answered once the rate allows it: it is not what is looked at. */
    private static Answer admitted(Supplier<Answer> request) {
        Answer[] last = new Answer[1];
        await().atMost(SOON).pollDelay(Duration.ZERO).until(() -> {
            last[0] = request.get();
            return last[0].status() != 429;
        });
        return last[0];
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
}
