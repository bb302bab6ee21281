package dev.halo.systemtests.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.PendingAnswer;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.link.ScriptedLink;
import dev.halo.systemtests.link.ScriptedSession;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.NewIntegrator;
import dev.halo.systemtests.suite.OperatorClient;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A Link that is enrolled, and says more than it is entitled to. */
@SystemTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForeignLinkIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final QueryBody SMALL = QueryBody.sql("select 1 as ONE from RDB$DATABASE");
    private static final String TRUE_ROWS = "[{\"FROM\":\"the practice\"}]";
    private static final String FORGED_ROWS = "[{\"FROM\":\"somebody else\"}]";

    private final Demo demo;
    private final OperatorClient operator;
    private final UUID site = UUID.randomUUID();
    private final UUID intrudersSite = UUID.randomUUID();
    private final String pmsId = ScriptedLink.newPmsId();
    private final String intrudersPmsId = ScriptedLink.newPmsId();
    private IntegratorClient integrator;
    private String integratorId;
    private ScriptedLink link;
    private ScriptedLink intruder;
    private ScriptedSession session;
    private ScriptedSession foreign;

    ForeignLinkIT(SuiteUnderTest suite) {
        this.demo = suite.demo();
        this.operator = suite.operator();
    }

    @BeforeAll
    void twoPracticesOfOneIntegrator() {
        NewIntegrator created = NewIntegrator.create(demo, operator);
        integrator = created.client();
        integratorId = created.id();
        link = ScriptedLink.enrol(demo, operator, pmsId);
        intruder = ScriptedLink.enrol(demo, operator, intrudersPmsId);
        assertThat(link.announced(ScriptedLink.site(site, pmsId, integratorId))
                        .path("authoritative")
                        .asBoolean())
                .isTrue();
        intruder.announced(ScriptedLink.site(intrudersSite, intrudersPmsId, integratorId));
        assertThat(integrator.pairSite(pmsId).status()).isEqualTo(200);
        assertThat(integrator.pairSite(intrudersPmsId).status()).isEqualTo(200);
    }

    @BeforeEach
    void sessionsOfBoth() {
        link.close();
        intruder.close();
        session = link.open(site).answerAllWith(TRUE_ROWS);
        foreign = intruder.open(intrudersSite, site).answerAllWith(FORGED_ROWS);
        await().atMost(SOON)
                .until(() -> integrator.immediate(site, SMALL).status() == 200
                        && integrator.immediate(intrudersSite, SMALL).status() == 200);
        session.answerAllWith(null);
        foreign.answerAllWith(null);
    }

    @AfterAll
    void endSessions() {
        link.close();
        intruder.close();
    }

    @Test
    void theHaloGuidOfAnotherLinkStaysThatLinks() {
        // When
        JsonNode answered = intruder.announced(
                ScriptedLink.site(site, intrudersPmsId, integratorId),
                ScriptedLink.site(intrudersSite, intrudersPmsId, integratorId));

        // Then
        assertThat(answered.path("newGuidNeeded").asBoolean()).isTrue();
        assertThat(answered.path("problem").asText()).contains("another Link");
        assertThat(operator.read("/sites/" + site).path("linkId").asText())
                .isEqualTo(link.linkId().toString());
        assertThat(answeredByThePractice()).isTrue();
    }

    @Test
    void aPmsIdThatNoEnrolmentNamesIsNotServed() {
        // Given
        UUID guid = UUID.randomUUID();
        UUID unheardOf = UUID.randomUUID();
        String nobodys = ScriptedLink.newPmsId();

        // When
        JsonNode answered = intruder.announced(
                ScriptedLink.site(guid, pmsId, integratorId),
                ScriptedLink.site(unheardOf, nobodys, integratorId),
                ScriptedLink.site(intrudersSite, intrudersPmsId, integratorId));

        // Then
        assertThat(answered.path("status").asText()).isEqualTo("initialising");
        assertThat(answered.path("authoritative").asBoolean()).isFalse();
        assertThat(answered.path("problem").asText()).contains("operator must approve");
        assertThat(integrator.sites(pmsId).json().path("sites").findValuesAsText("authoritative"))
                .containsOnlyOnce("true");
        assertThat(integrator.pairSite(nobodys).status()).isNotEqualTo(200);
        assertThat(integrator.immediate(guid, SMALL).status()).isEqualTo(404);
        assertThat(answeredByThePractice()).isTrue();
    }

    @Test
    void aSessionIsTheTokensLinksWhateverItSays() {
        // When it takes queries of the other one's site, as it did when it was opened
        PendingAnswer pending = integrator.start(site, SMALL);
        QueryRequest query = session.query();

        // Then
        assertThat(foreign.hasQuery()).isFalse();
        assertThat(session.isClosed()).isFalse();
        session.answer(query, site, TRUE_ROWS);
        assertThat(pending.await().row().path("FROM").asText()).isEqualTo("the practice");
    }

    @Test
    void anImmediateIsAnsweredByNobodyElse() {
        // Given
        PendingAnswer pending = integrator.start(site, SMALL);
        QueryRequest query = session.query();

        // When another Link answers first, in the name of this site and in that of its own
        foreign.answer(query, site, FORGED_ROWS);
        foreign.answer(query, intrudersSite, FORGED_ROWS);
        answeredByTheIntruder();
        session.answer(query, site, TRUE_ROWS);

        // Then
        Answer answer = pending.await();
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.row().path("FROM").asText()).isEqualTo("the practice");
    }

    @Test
    void anAsyncIsReportedAndUploadedByNobodyElse() {
        // Given
        String id = integrator.async(site, SMALL).id();
        QueryRequest query = session.query();
        session.say(new Frame.Executing(query.queryId(), site));
        await().atMost(SOON).until(() -> state(id).equals("executing"));

        // When
        int upload = foreign.upload(query, FORGED_ROWS).status();
        foreign.end(query, site, FORGED_ROWS);
        foreign.end(query, intrudersSite, FORGED_ROWS);
        answeredByTheIntruder();

        // Then
        assertThat(upload).isEqualTo(404);
        assertThat(state(id)).isEqualTo("executing");
        assertThat(session.upload(query, TRUE_ROWS).status()).isEqualTo(204);
        session.end(query, site, TRUE_ROWS);
        assertThat(integrator.awaitEnded(site, id).queryStatus()).isEqualTo("successful");
        assertThat(foreign.upload(query, FORGED_ROWS).status()).isEqualTo(404);
        assertThat(integrator.page(site, id, 1).pageRows().path(0).path("FROM").asText())
                .isEqualTo("the practice");
    }

    /** Whatever the intruder has said before this has been read by the gateway. */
    private void answeredByTheIntruder() {
        PendingAnswer own = integrator.start(intrudersSite, SMALL);
        foreign.answer(foreign.query(), intrudersSite, FORGED_ROWS);
        assertThat(own.await().status()).isEqualTo(200);
    }

    private boolean answeredByThePractice() {
        PendingAnswer pending = integrator.start(site, SMALL);
        session.answer(session.query(), site, TRUE_ROWS);
        return pending.await().row().path("FROM").asText().equals("the practice");
    }

    private String state(String queryId) {
        return integrator.query(site, queryId).queryStatus();
    }
}
