package dev.halo.systemtests.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.link.LinkMessages.AnnouncedSite;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.PendingAnswer;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.link.LinkClient.Reply;
import dev.halo.systemtests.link.ScriptedLink;
import dev.halo.systemtests.link.ScriptedSession;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.NewIntegrator;
import dev.halo.systemtests.suite.OperatorClient;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of several Links that serve a practice one may be queried: what integrators and operators see of each case. */
@SystemTest
class AuthorityIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final QueryBody SMALL = QueryBody.sql("select 1 as ONE from RDB$DATABASE");

    private final Demo demo;
    private final OperatorClient operator;
    private final List<ScriptedLink> links = new ArrayList<>();
    private final UUID first = UUID.randomUUID();
    private final UUID second = UUID.randomUUID();
    private final String pmsId = ScriptedLink.newPmsId();
    private NewIntegrator integrator;

    AuthorityIT(SuiteUnderTest suite) {
        this.demo = suite.demo();
        this.operator = suite.operator();
    }

    @BeforeEach
    void anIntegrator() {
        integrator = NewIntegrator.create(demo, operator);
    }

    @AfterEach
    void endSessions() {
        links.forEach(ScriptedLink::close);
    }

    @Test
    void aBackupServerWithACopyIsNotQueriedUntilItTakesOver() {
        // Given
        ScriptedLink main = enrol(pmsId);
        ScriptedLink backup = enrol(pmsId);
        serve(main, first);

        // When
        JsonNode copy = backup.announced(site(second, pmsId));
        backup.open(second).answerAllWith("[]");

        // Then
        assertThat(copy.path("status").asText()).isEqualTo("active");
        assertThat(copy.path("authoritative").asBoolean()).isFalse();
        assertThat(ask(first)).isEqualTo(200);
        Answer superseded = integrator.client().immediate(second, SMALL);
        assertThat(superseded.status()).isEqualTo(403);
        assertThat(superseded.message()).contains("superseded").contains("Get the sites");
        JsonNode sites = integrator.client().sites(pmsId).json().path("sites");
        assertThat(sites.findValuesAsText("authoritative")).containsExactly("true", "false");

        // When
        JsonNode made = switchFrom(main, backup);

        // Then
        await().atMost(SOON).until(() -> ask(first) == 403);
        awaitPaired(pmsId, second);
        await().atMost(SOON).until(() -> ask(second) == 200);
        awaitConfirmed(made);
        JsonNode history = operator.read("/authority/history?pmsId=" + pmsId);
        assertThat(history.toString()).contains("tried through the suite").contains("operator");
    }

    @Test
    void whatRunsOnTheLosingSiteFinishesAndWhatWaitsIsSuperseded() {
        // Given an immediate and an async that run, an async that waits, and a registered query
        ScriptedLink old = enrol(pmsId);
        ScriptedLink fresh = enrol(pmsId);
        ScriptedSession session = serve(old, first);
        session.answerAllWith(null);
        fresh.announced(site(second, pmsId));
        IntegratorClient client = integrator.client();
        PendingAnswer runs = client.start(first, SMALL);
        QueryRequest running = session.query();
        String runsAlone = client.async(first, SMALL).id();
        QueryRequest runningAlone = session.query();
        session.say(new Frame.Executing(runningAlone.queryId(), first));
        String waits = client.async(first, SMALL).id();
        QueryRequest waiting = session.query();
        session.say(new Frame.Queued(waiting.queryId(), first));
        String registered =
                client.register(first, SMALL.registered("superseded", 60, 600)).id();
        await().atMost(SOON)
                .until(() -> client.query(first, runsAlone).queryStatus().equals("executing")
                        && client.query(first, waits).queryStatus().equals("queued"));

        // When
        switchFrom(old, fresh);
        Answer refused = await().atMost(SOON).until(() -> client.async(first, SMALL), answer -> answer.status() == 403);
        session.answer(running, first, "[{\"ONE\":1}]");
        session.upload(runningAlone, "[{\"ONE\":1}]");
        session.end(runningAlone, first, "[{\"ONE\":1}]");

        // Then
        assertThat(refused.message()).contains("superseded");
        assertThat(runs.await().status()).isEqualTo(200);
        assertThat(client.awaitEnded(first, runsAlone).queryStatus()).isEqualTo("successful");
        assertThat(client.page(first, runsAlone, 1).status()).isEqualTo(200);
        Answer ended = client.awaitEnded(first, waits);
        assertThat(ended.queryStatus()).isEqualTo("executionFailed");
        assertThat(ended.errorCode()).isEqualTo(1005);
        String path = IntegratorClient.registeredPath(first) + "/" + registered;
        Answer registration = await().atMost(SOON)
                .until(() -> client.get(path), answer -> !answer.queryStatus().equals("enabled"));
        assertThat(registration
                        .json()
                        .path("lastErrorDetails")
                        .path("errorCode")
                        .asInt())
                .as("%s", registration)
                .isEqualTo(1005);
    }

    @Test
    void aTrainingCopyOnTheSameServerWaitsForTheOperatorsChoice() {
        // Given
        ScriptedLink link = enrol(pmsId);
        serve(link, first);

        // When
        Reply both = link.announce(site(first, pmsId), site(second, pmsId));

        // Then
        JsonNode copy = both.json().path("sites").path(1);
        assertThat(copy.path("status").asText()).isEqualTo("initialising");
        assertThat(copy.path("problem").asText()).contains("same Database ID");
        assertThat(ask(first)).isEqualTo(200);

        // When the operator says that the other one is the practice's
        operator.change("/sites/" + second + "/choice", "{\"reason\":\"the first one is for training\"}");

        // Then
        await().atMost(SOON).until(() -> ask(first) != 200);
        awaitPaired(pmsId, second);
    }

    @Test
    void aReinstallHasNewGuidsAndNeedsTheOperator() {
        // Given
        ScriptedLink before = enrol(pmsId);
        serve(before, first);
        before.close();

        // When
        ScriptedLink after = enrol(pmsId);
        JsonNode announced = after.announced(site(second, pmsId));
        after.open(second).answerAllWith("[]");

        // Then
        assertThat(announced.path("authoritative").asBoolean()).isFalse();
        assertThat(ask(second)).isEqualTo(403);

        // When
        JsonNode made = switchFrom(before, after);
        JsonNode left = retire(before, "uninstalled");

        // Then
        assertThat(made.path("confirmation").path("state").asText()).isEqualTo("notConnected");
        assertThat(left.path("leftWithout")).isEmpty();
        await().atMost(SOON).until(() -> ask(first) == 404);
        awaitPaired(pmsId, second);
        await().atMost(SOON).until(() -> ask(second) == 200);
    }

    @Test
    void ofThreePracticesTheTwoThatPartMoveTogether() {
        // Given one Link with three practices of which a second Link has two
        List<String> ids = List.of(pmsId, ScriptedLink.newPmsId(), ScriptedLink.newPmsId());
        List<UUID> old = ids.stream().map(id -> UUID.randomUUID()).toList();
        List<UUID> fresh = ids.stream().map(id -> UUID.randomUUID()).toList();
        ScriptedLink three = enrol(ids.toArray(String[]::new));
        three.announce(site(old.get(0), ids.get(0)), site(old.get(1), ids.get(1)), site(old.get(2), ids.get(2)));
        ScriptedLink two = enrol(ids.get(0), ids.get(1));
        two.announce(site(fresh.get(0), ids.get(0)), site(fresh.get(1), ids.get(1)));

        // When
        JsonNode preview = preview(three, two);
        operator.change("/authority/switches", switching(three, two, preview));

        // Then
        assertThat(preview.path("moves").findValuesAsText("pmsId")).containsExactlyInAnyOrder(ids.get(0), ids.get(1));
        assertThat(preview.path("stays").toString()).contains(ids.get(2));
        awaitPaired(ids.get(0), fresh.get(0));
        awaitPaired(ids.get(1), fresh.get(1));
        awaitPaired(ids.get(2), old.get(2));
    }

    @Test
    void aLinkThatIsRemovedLeavesItsPracticeToAnOperator() {
        // Given
        ScriptedLink removed = enrol(pmsId);
        serve(removed, first);
        ScriptedLink other = enrol(pmsId);
        other.announced(site(second, pmsId));
        other.open(second).answerAllWith("[]");

        // When
        JsonNode left = retire(removed, "removed");

        // Then nobody takes it by announcing
        assertThat(left.path("leftWithout").toString())
                .contains(pmsId)
                .contains(other.linkId().toString());
        assertThat(other.announced(site(second, pmsId)).path("authoritative").asBoolean())
                .isFalse();
        await().atMost(SOON).until(() -> ask(first) == 404);
        assertThat(ask(second)).isEqualTo(403);
        assertThat(removed.renew(removed.secret()).status()).isEqualTo(403);

        // When
        switchFrom(null, other);

        // Then
        awaitPaired(pmsId, second);
        await().atMost(SOON).until(() -> ask(second) == 200);
    }

    @Test
    void ofLinksThatComeAtTheSameInstantOneIsAuthoritative() {
        // Given
        List<ScriptedLink> many =
                IntStream.range(0, 8).mapToObj(i -> enrol(pmsId)).toList();

        // When
        List<CompletableFuture<JsonNode>> announcing = many.stream()
                .map(link -> CompletableFuture.supplyAsync(() -> link.announced(site(UUID.randomUUID(), pmsId))))
                .toList();
        List<JsonNode> answers =
                announcing.stream().map(CompletableFuture::join).toList();

        // Then the Links, the operator and the integrators are told of the same one
        List<String> told = answers.stream()
                .filter(answer -> answer.path("authoritative").asBoolean())
                .map(answer -> answer.path("siteId").asText())
                .toList();
        assertThat(told).hasSize(1);
        JsonNode authority = operator.read("/authority?pmsId=" + pmsId);
        assertThat(authority.findValuesAsText("siteId")).isEqualTo(told);
        awaitPaired(pmsId, UUID.fromString(told.get(0)));
        assertThat(integrator.client().sites(pmsId).json().path("sites").findValuesAsText("authoritative"))
                .hasSize(8)
                .containsOnlyOnce("true");
    }

    @Test
    void aDatabaseWhosePmsIdChangesUnderItsGuidIsNotServedByIt() {
        // Given
        String other = ScriptedLink.newPmsId();
        ScriptedLink link = enrol(pmsId, other);
        serve(link, first);

        // When
        JsonNode changed = link.announced(site(first, other));

        // Then
        assertThat(changed.path("newGuidNeeded").asBoolean()).isTrue();
        await().atMost(SOON).until(() -> ask(first) == 403);

        // When it has got a GUID of its own
        assertThat(link.announced(site(second, other)).path("authoritative").asBoolean())
                .isTrue();

        // Then
        awaitPaired(other, second);
        assertThat(integrator.client().sites(pmsId).json().path("sites").findValuesAsText("id"))
                .containsExactly(first.toString());
    }

    private ScriptedLink enrol(String... pmsIds) {
        ScriptedLink link = ScriptedLink.enrol(demo, operator, pmsIds);
        synchronized (links) {
            links.add(link);
        }
        return link;
    }

    private AnnouncedSite site(UUID siteId, String id) {
        return ScriptedLink.site(siteId, id, integrator.id());
    }

    /** Announces the practice, pairs and waits until queries run; all of them are answered alike. */
    private ScriptedSession serve(ScriptedLink link, UUID site) {
        assertThat(link.announced(site(site, pmsId)).path("authoritative").asBoolean())
                .isTrue();
        assertThat(integrator.client().pairSite(pmsId).status()).isEqualTo(200);
        ScriptedSession session = link.open(site).answerAllWith("[]");
        await().atMost(SOON).until(() -> ask(site) == 200);
        return session;
    }

    private JsonNode retire(ScriptedLink link, String as) {
        return operator.change(
                "/links/" + link.linkId() + "/retirement",
                "{\"as\":\"" + as + "\",\"reason\":\"tried through the suite\"}");
    }

    private JsonNode switchFrom(ScriptedLink from, ScriptedLink to) {
        return operator.change("/authority/switches", switching(from, to, preview(from, to)));
    }

    private JsonNode preview(ScriptedLink from, ScriptedLink to) {
        String losing = from == null ? "" : "fromLinkId=" + from.linkId() + "&";
        return operator.read("/authority/preview?" + losing + "toLinkId=" + to.linkId());
    }

    private static String switching(ScriptedLink from, ScriptedLink to, JsonNode preview) {
        return "{%s\"toLinkId\":\"%s\",\"fingerprint\":\"%s\",\"reason\":\"tried through the suite\"}"
                .formatted(
                        from == null ? "" : "\"fromLinkId\":\"" + from.linkId() + "\",",
                        to.linkId(),
                        preview.path("fingerprint").asText());
    }

    private void awaitConfirmed(JsonNode made) {
        String path = "/authority/switches/" + made.path("switchId").asText();
        await().atMost(SOON)
                .until(
                        () -> operator.read(path)
                                .path("confirmation")
                                .path("state")
                                .asText(),
                        "confirmed"::equals);
    }

    /** What the gateway knows may lag behind the operator's answer by moments. */
    private void awaitPaired(String id, UUID site) {
        await().atMost(SOON).until(() -> integrator.client().pairSite(id).id(), site.toString()::equals);
    }

    private int ask(UUID site) {
        return integrator.client().immediate(site, SMALL).status();
    }
}
