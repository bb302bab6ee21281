package dev.halo.systemtests.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.local.ServiceName;
import dev.halo.local.Suite;
import dev.halo.local.SuitePorts;
import dev.halo.local.SuiteSettings;
import dev.halo.protocol.site.Environment;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stage suite: databases with developer licences, and a Link whose machine's clock is an hour wrong. */
@Order(SuiteUnderTest.AFTER_THE_ORDINARY + 11)
class StageIT {

    @TempDir
    private static Path state;

    private static Suite suite;
    private static Demo demo;

    @BeforeAll
    static void start() {
        suite = Suite.open(SuiteSettings.builder(Path.of("..").toAbsolutePath().normalize(), state)
                .ports(SuitePorts.random())
                .environment(Environment.STAGE)
                .patients(50, 20)
                .override(ServiceName.LINK, "halo.link.simulated-clock-offset", "PT1H")
                .build());
        suite.start();
        demo = Demo.read(state.resolve("demo.env"));
    }

    @AfterAll
    static void stop() {
        if (suite != null) {
            suite.close();
        }
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
    void aClockThatIsWrongIsSaidAndDecidesNothing() throws IOException {
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
        assertThat(Files.readString(suite.service(ServiceName.LINK).log()).toLowerCase(Locale.ROOT))
                .contains("clock");
    }

    private static IntegratorClient integrator() {
        return new IntegratorClient(demo.gateway(), demo.keyA());
    }
}
