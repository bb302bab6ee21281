package dev.halo.systemtests.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A stage suite: databases with developer licences, and a Link whose machine's clock is an hour wrong. */
@ExtendWith(StageSuite.Extension.class)
@Order(SuiteUnderTest.AFTER_THE_ORDINARY + 11)
class StageIT {

    private final StageSuite suite;
    private final Demo demo;

    StageIT(StageSuite suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @Test
    void developersDatabasesGetFakeIdsThatWorkForTheExchange() {
        // When
        Answer first = integrator().sites(demo.databaseId());
        Answer second = integrator().sites(demo.databaseId2());
        Answer shared = integrator().sites("DEVELOPER");

        // Then
        assertThat(demo.databaseId()).isEqualTo(demo.siteId().toString().substring(0, 8));
        assertThat(first.json().path("sites").get(0).path("id").asText())
                .isEqualTo(demo.siteId().toString());
        assertThat(second.json().path("sites").get(0).path("id").asText())
                .isEqualTo(demo.siteId2().toString());
        assertThat(shared.status()).isEqualTo(400);
    }

    @Test
    void keysSayThatTheyAreForStage() {
        // When
        Answer production = new IntegratorClient(demo.gateway(), demo.keyA().replaceFirst("stage_", "prod_"))
                .sites(demo.databaseId());

        // Then
        assertThat(demo.keyA()).startsWith("stage_");
        assertThat(production.status()).isEqualTo(401);
        assertThat(production.message()).contains("environment");
    }

    @Test
    void aClockThatIsWrongIsSaidAndDecidesNothing() {
        // When
        Answer answer = integrator()
                .immediate(
                        demo.siteId(),
                        QueryBody.sql("select count(*) from PATIENTS").scalar().maxTimeInQueue(0));

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.value().asInt()).isEqualTo(50);
        Instant started = Instant.parse(answer.json()
                .path("statusTiming")
                .path("executing")
                .path("startTime")
                .asText());
        assertThat(Duration.between(started, Instant.now()).abs()).isLessThan(Duration.ofMinutes(5));
        assertThat(suite.linkLog().toLowerCase(Locale.ROOT)).contains("clock");
    }

    private IntegratorClient integrator() {
        return new IntegratorClient(demo.gateway(), demo.keyA());
    }
}
