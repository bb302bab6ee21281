package dev.halo.systemtests.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.Frame.RefusalCause;
import dev.halo.protocol.link.LinkMessages.Announcement;
import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.link.LinkClient;
import dev.halo.systemtests.link.LinkClient.Reply;
import dev.halo.systemtests.link.ScriptedLink;
import dev.halo.systemtests.link.ScriptedSession;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.NewIntegrator;
import dev.halo.systemtests.suite.OperatorClient;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What Links show at enrolment, at the registry, the bridge and the gateway, and what is refused there. */
@SystemTest
class LinkCredentialsIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final QueryBody SMALL = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final OperatorClient operator;
    private final LinkClient client;
    private final String pmsId = ScriptedLink.newPmsId();
    private final UUID site = UUID.randomUUID();

    LinkCredentialsIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.operator = suite.operator();
        this.client = new LinkClient(demo);
    }

    @Test
    void tokensThatAreNoLinksTokensOpenNothing() {
        // Given tokens of a Link that exists, each wrong in one way
        ScriptedLink link = ScriptedLink.enrol(demo, operator, pmsId);
        Tokens tokens = Tokens.ofLinks(suite.keys());
        Instant now = Instant.now();
        String good = tokens.of(link.linkId()).until(now.plusSeconds(600)).sign();
        List<String> bad = List.of(
                Tokens.withAnotherKey("EC")
                        .of(link.linkId())
                        .until(now.plusSeconds(600))
                        .sign(),
                tokens.of(link.linkId()).until(now.minusSeconds(600)).sign(),
                tokens.of(link.linkId())
                        .until(now.plusSeconds(600))
                        .audience("halo-registry")
                        .sign(),
                tokens.of(link.linkId())
                        .until(now.plusSeconds(600))
                        .environment("stage")
                        .sign(),
                Tokens.unsigned(good),
                demo.value("HALO_OPERATOR_TOKEN"));

        // When, Then
        assertThat(announce(good)).isEqualTo(200);
        assertThat(client.session(good).status()).isEqualTo(426);
        assertThat(upload(good)).isEqualTo(204);
        assertThat(bad).allSatisfy(token -> {
            assertThat(announce(token)).isEqualTo(401);
            assertThat(client.session(token).status()).isEqualTo(401);
            assertThat(upload(token)).isEqualTo(401);
        });
        assertThat(operator.statusWithToken(good)).isEqualTo(401);
    }

    @Test
    void aLinkOfTheOtherEnvironmentIsRefusedAtEnrolmentTokenAndHello() {
        // Given
        String enrolment = ScriptedLink.enrolmentToken(operator, pmsId);
        String ofStage = enrolment.replaceFirst("^prod_", "stage_");

        // When
        Reply asStage = client.enrol(enrolment, Environment.STAGE);
        Reply withStagesToken = client.enrol(ofStage, Environment.PRODUCTION);

        // Then it says so, and the token is as good as before
        assertThat(enrolment).startsWith("prod_");
        assertThat(asStage.status()).isEqualTo(403);
        assertThat(asStage.message()).contains("production").contains("stage");
        assertThat(withStagesToken.status()).isEqualTo(403);
        assertThat(withStagesToken.message()).contains("stage");
        Reply enrolled = client.enrol(enrolment, Environment.PRODUCTION);
        assertThat(enrolled.status()).isEqualTo(201);

        // When it is enrolled and says another environment than before
        UUID linkId = UUID.fromString(enrolled.json().path("linkId").asText());
        String secret = enrolled.json().path("secret").asText();
        Reply renewal = client.renew(linkId, secret, Environment.STAGE);
        ScriptedSession session =
                ScriptedSession.connect(demo, enrolled.json().path("token").asText());
        session.hello(Environment.STAGE);

        // Then
        assertThat(renewal.status()).isEqualTo(403);
        assertThat(renewal.message()).contains("production").contains("stage");
        Frame.Refused refused = session.await(Frame.Refused.class);
        assertThat(refused.cause()).isEqualTo(RefusalCause.ENVIRONMENT);
        assertThat(refused.message()).contains("production").contains("stage");
        await().atMost(SOON).until(session::isClosed);
        assertThat(client.renew(linkId, secret, Environment.PRODUCTION).status())
                .isEqualTo(200);
    }

    @Test
    void aDeveloperLicenceIsNotServedInProduction() {
        // Given
        ScriptedLink link = ScriptedLink.enrol(demo, operator, pmsId);
        String fakeId = site.toString().substring(0, 8);

        // When
        var answered = link.announced(ScriptedLink.site(site, fakeId, LicenceKind.DEVELOPER));

        // Then
        assertThat(answered.path("status").asText()).isEqualTo("initialising");
        assertThat(answered.path("problem").asText()).contains("stage only");
    }

    @Test
    void aCopyOfALinkIsSuspendedUntilAnOperatorDecides() {
        // Given a Link that serves a practice
        NewIntegrator integrator = NewIntegrator.create(demo, operator);
        ScriptedLink link = ScriptedLink.enrol(demo, operator, pmsId);
        link.announced(ScriptedLink.site(site, pmsId, integrator.id()));
        assertThat(integrator.client().pairSite(pmsId).status()).isEqualTo(200);
        ScriptedSession session = link.open(site).answerAllWith("[]");
        await().atMost(SOON)
                .until(() -> integrator.client().immediate(site, SMALL).status() == 200);
        String copied = link.secret();
        link.renew(link.secret());
        link.renew(link.secret());

        // When a copy comes with a secret that was exchanged already
        Reply copy = client.renew(link.linkId(), copied, Environment.PRODUCTION);

        // Then
        assertThat(copy.status()).isEqualTo(403);
        assertThat(session.await(Frame.Refused.class).cause()).isEqualTo(RefusalCause.LINK_SUSPENDED);
        await().atMost(SOON)
                .until(() -> integrator.client().immediate(site, SMALL).status() == 503);
        assertThat(link.renew(link.secret()).status()).isEqualTo(403);
        assertThat(link.announce(ScriptedLink.site(site, pmsId)).status()).isEqualTo(403);
        assertThat(operator.read("/links/" + link.linkId()).path("statusReason").asText())
                .contains("copied");

        // When an operator trusts it again
        operator.change("/links/" + link.linkId() + "/reactivate", "{\"reason\":\"the copy is switched off\"}");

        // Then
        assertThat(link.renew(link.secret()).status()).isEqualTo(200);
        link.close();
        await().atMost(SOON).ignoreExceptions().until(() -> {
            link.open(site).answerAllWith("[]");
            return integrator.client().immediate(site, SMALL).status() == 200;
        });
        link.close();
    }

    private int announce(String token) {
        return client.announce(token, new Announcement(LinkClient.VERSION, List.of()))
                .status();
    }

    private int upload(String token) {
        return client.upload(token, UUID.randomUUID(), Instant.now(), "[]", 0).status();
    }
}
