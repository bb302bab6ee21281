package dev.halo.systemtests.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.link.LinkMessages.Announcement;
import dev.halo.protocol.site.Environment;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.link.LinkClient;
import dev.halo.systemtests.link.LinkClient.Reply;
import dev.halo.systemtests.link.ScriptedLink;
import dev.halo.systemtests.link.ScriptedSession;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.NewIntegrator;
import dev.halo.systemtests.suite.OperatorClient;
import dev.halo.systemtests.suite.SuiteUnderTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
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
        assertThat(shared.message()).contains("eight characters of its Halo GUID");
    }

    @Test
    void fakeIdsPairAndTheSharedOneDoesNot() {
        // When
        Answer paired = integrator().pairSite(demo.databaseId());
        Answer shared = integrator().pairSite("DEVELOPER");

        // Then
        assertThat(paired.status()).isEqualTo(200);
        assertThat(paired.id()).isEqualTo(demo.siteId().toString());
        assertThat(shared.status()).isEqualTo(400);
        assertThat(shared.message()).contains("eight characters of its Halo GUID");
    }

    @Test
    void thereAreNeitherRatesNorQuotas() {
        // Given an integrator whose tier lets 20 requests through at once in production
        OperatorClient operator = new OperatorClient(demo);
        NewIntegrator trial = NewIntegrator.create(demo, operator, "trial", null);

        // When
        List<Answer> answers = IntStream.range(0, 60)
                .mapToObj(i -> trial.client().site(demo.siteId()))
                .toList();

        // Then
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("RateLimit-Limit")).isEmpty();
        });
        String usage = new String(trial.client().raw("GET", "/integrator/usage").body(), StandardCharsets.UTF_8);
        assertThat(usage).contains(trial.id()).doesNotContain("rateLimit", "\"quota\"");
    }

    @Test
    void aLinkOfProductionIsRefused() {
        // Given
        LinkClient client = new LinkClient(demo);
        String enrolment = new OperatorClient(demo)
                .change("/enrolment-tokens", "{\"any\":true}")
                .path("enrolmentToken")
                .asText();

        // When
        Reply asProduction = client.enrol(enrolment, Environment.PRODUCTION);
        Reply asStage = client.enrol(enrolment, Environment.STAGE);
        UUID linkId = UUID.fromString(asStage.json().path("linkId").asText());
        Reply renewal = client.renew(linkId, asStage.json().path("secret").asText(), Environment.PRODUCTION);
        Frame.Refused refused;
        try (ScriptedSession session =
                ScriptedSession.connect(demo, asStage.json().path("token").asText())) {
            session.hello(Environment.PRODUCTION);
            refused = session.await(Frame.Refused.class);
        }

        // Then
        assertThat(enrolment).startsWith("stage_");
        assertThat(asProduction.status()).isEqualTo(403);
        assertThat(asProduction.message()).contains("This is stage");
        assertThat(asStage.status()).isEqualTo(201);
        assertThat(renewal.status()).isEqualTo(403);
        assertThat(refused.cause()).isEqualTo(Frame.RefusalCause.ENVIRONMENT);
    }

    @Test
    void aStandardLicenceIsNotServed() {
        // Given
        String enrolment = new OperatorClient(demo)
                .change("/enrolment-tokens", "{\"any\":true}")
                .path("enrolmentToken")
                .asText();
        LinkClient client = new LinkClient(demo);
        String token =
                client.enrol(enrolment, Environment.STAGE).json().path("token").asText();

        // When
        Reply reply = client.announce(
                token,
                new Announcement(
                        LinkClient.VERSION, List.of(ScriptedLink.site(UUID.randomUUID(), ScriptedLink.newPmsId()))));

        // Then
        assertThat(reply.json().path("sites").path(0).path("status").asText()).isEqualTo("initialising");
        assertThat(reply.json().path("sites").path(0).path("problem").asText()).contains("developer licence");
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
