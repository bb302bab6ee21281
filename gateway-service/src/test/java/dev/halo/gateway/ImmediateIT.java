package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.FakeBridge;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.Fakes;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Immediate queries through a real Kafka, with a bridge and Links of the test's own. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class ImmediateIT {

    private static final String SELECT = "{\"command\":{\"text\":\"select 1 from PATIENTS\"}}";
    private static final String UPDATE =
            "{\"command\":{\"text\":\"update APPOINTMENTS set NOTE = @n\",\"executionMode\":\"nonQuery\"}}";

    private final FakeCloud cloud = Fakes.shared().cloud();
    private final FakeBridge bridge = Fakes.shared().bridge();
    private final FakeBridge otherBridge = Fakes.shared().otherBridge();

    @TestHTTPResource("/")
    URI base;

    private FakeCloud.Integrator integrator;
    private FakeCloud.Site site;
    private Api api;

    @BeforeEach
    void enableAnIntegratorAtASite() {
        integrator = cloud.integrator();
        site = cloud.site();
        cloud.pair(integrator, site, true);
        cloud.enable(integrator, site, true);
        api = new Api(base, integrator.key());
    }

    /** Opens a session of the site's Link and waits until the gateway knows of it. */
    private SessionRecord.Open open(FakeBridge.Behaviour behaviour) {
        SessionRecord.Open open = bridge.open(site, behaviour);
        api.awaitOnline(site);
        return open;
    }

    /** A bridge hands back what reaches it for a session that has ended, which the gateway may not know yet. */
    private static FakeBridge.Behaviour gone() {
        return Behaviours.released(Outcome.ReleaseCause.NO_SUCH_SESSION);
    }

    @Test
    void rowsComeBack() {
        open(Behaviours.rows("[{\"CONSTANT\":1}]", 1));

        Api.Answer answer = immediate(SELECT);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.rows()).isEqualTo("[{\"CONSTANT\":1}]");
        assertThat(answer.json().path("result").path("rows").asInt()).isEqualTo(1);
        assertThat(answer.json().path("commandSize").asInt())
                .isEqualTo("{\"text\":\"select 1 from PATIENTS\"}".length());
        assertThat(answer.json().path("requestSize").asInt()).isEqualTo(SELECT.length());
        assertThat(answer.json().path("integratorId").asText())
                .isEqualTo(integrator.id().toString());
    }

    @Test
    void rowsOfManyPiecesComeBackWhole() {
        String rows = "[{\"TEXT\":\"" + "äöü€".repeat(20_000) + "\"}]";
        open(Behaviours.rows(rows, 1));

        Api.Answer answer = immediate(SELECT);

        assertThat(answer.rows()).isEqualTo(rows);
    }

    @Test
    void aNonQueryAnswersItsCount() {
        open(Behaviours.affected(3));

        Api.Answer answer = immediate(UPDATE);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("result").path("rowsAffected").asInt()).isEqualTo(3);
    }

    @Test
    void theDatabasesErrorIsAnsweredWithTheQuery() {
        open(Behaviours.failed(new QueryFailure(ErrorType.FBSQL, 335544569, "Dynamic SQL Error")));

        Api.Answer answer = immediate(SELECT);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("status").asText()).isEqualTo("executionFailed");
        assertThat(answer.json().path("errorDetails").path("errorType").asText())
                .isEqualTo("fbsql");
        assertThat(answer.json().path("errorDetails").path("errorCode").asInt()).isEqualTo(335544569);
    }

    @Test
    void aResultThatIsTooBigIs413() {
        open(Behaviours.failed(new QueryFailure(ErrorType.HTTP, 413, "The result is too big.")));

        assertThat(immediate(SELECT).status()).isEqualTo(413);
    }

    @Test
    void whatExpiredInTheQueueIs504() {
        open(Behaviours.failed(LinkErrorCode.EXPIRED_IN_QUEUE.failure("It waited too long.")));

        Api.Answer answer = immediate(SELECT);

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.json().path("errorDetails").path("errorCode").asInt()).isEqualTo(1002);
    }

    @Test
    void theLinksRefusalOfASupersededSiteIsThatOfTheCheck() {
        open(Behaviours.failed(LinkErrorCode.SITE_SUPERSEDED.failure("superseded")));

        Api.Answer answer = immediate(SELECT);

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.message()).contains("superseded");
    }

    @Test
    void checksAreMadeInOrder() {
        FakeCloud.Integrator stranger = cloud.integrator();
        Api strangers = new Api(base, stranger.key());
        open(Behaviours.rows("[]", 0));

        assertThat(strangers.immediate(site, "{}").status()).isEqualTo(400);
        Api.Answer notPaired = strangers.immediate(site, SELECT);
        assertThat(notPaired.status()).isEqualTo(403);
        assertThat(notPaired.message()).contains("not paired");
        cloud.pair(stranger, site, true);
        Api.Answer notEnabled = strangers.immediate(site, SELECT);
        assertThat(notEnabled.status()).isEqualTo(403);
        assertThat(notEnabled.message()).contains("not enabled");
        Api.Answer otherCatalogue = immediate("{\"catalogue\":\"X\",\"command\":{\"text\":\"select 1\"}}");
        assertThat(otherCatalogue.status()).isEqualTo(400);
        assertThat(otherCatalogue.message()).contains("PATIENTS, DOCUMENTS");
        FakeCloud.Site newer = new FakeCloud.Site(UUID.randomUUID(), UUID.randomUUID(), site.pmsId());
        cloud.authority(newer);
        Api.Answer superseded = await().until(() -> immediate(SELECT), answer -> answer.status() == 403);
        assertThat(superseded.message()).contains("superseded");
    }

    @Test
    void aSiteThatNeverConnectedIs503() {
        Api.Answer answer = immediate(SELECT);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.message()).startsWith("Site could not be contacted");
        assertThat(answer.header("Retry-After")).isNotNull();
    }

    @Test
    void anOfflineSiteIs503AtOnce() {
        SessionRecord.Open open = open(gone());
        bridge.end(open, CloseCause.CLOSED);

        Api.Answer answer =
                await().until(() -> immediate(SELECT), one -> one.message().contains("offline"));

        assertThat(answer.status()).isEqualTo(503);
    }

    @Test
    void aQueryParksUntilTheLinkIsBack() {
        SessionRecord.Open open = open(gone());
        bridge.end(open, CloseCause.DRAINED);
        CompletableFuture<Api.Answer> waiting = api.immediateAsync(site, SELECT);

        otherBridge.open(site, Behaviours.rows("[]", 0));

        assertThat(waiting.join().status()).isEqualTo(200);
    }

    @Test
    void aParkedQueryIs503WhenNobodyComes() {
        SessionRecord.Open open = open(gone());
        bridge.end(open, CloseCause.LOST);

        Api.Answer answer = immediate(SELECT);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.message()).contains("not attempted");
    }

    @Test
    void aReleasedQueryIsSentToTheOtherSession() {
        open((query, headers, self) -> {
            otherBridge.open(site, Behaviours.rows("[{\"A\":2}]", 1));
            Behaviours.released(Outcome.ReleaseCause.NO_SUCH_SESSION).take(query, headers, self);
        });

        Api.Answer answer = immediate(SELECT);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.rows()).isEqualTo("[{\"A\":2}]");
    }

    @Test
    void aSiteWithoutCreditIs503() {
        open(Behaviours.released(Outcome.ReleaseCause.NO_CREDIT));

        Api.Answer answer = immediate(SELECT);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isNotNull();
    }

    @Test
    void aReadWhoseSessionIsLostIs504() {
        open((query, headers, self) -> self.end(
                new SessionRecord.Open(
                        headers.linkId(), headers.sessionId(), 7, UUID.randomUUID(), Instant.now(), null, 0),
                CloseCause.LOST));

        Api.Answer answer = immediate(SELECT);

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.json().path("errorDetails").path("errorType").asText())
                .isEqualTo("http");
    }

    @Test
    void theOutcomeOfAWriteWhoseSessionIsLostIsUnknown() {
        open((query, headers, self) -> self.end(
                new SessionRecord.Open(
                        headers.linkId(), headers.sessionId(), 7, UUID.randomUUID(), Instant.now(), null, 0),
                CloseCause.LOST));

        Api.Answer answer = immediate(UPDATE);

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.json().path("errorDetails").path("errorCode").asInt()).isEqualTo(1001);
    }

    @Test
    void theOutcomeMayComeThroughTheNextSession() {
        open((query, headers, self) -> {
            SessionRecord.Open next = otherBridge.open(site, Behaviours.silent());
            otherBridge.answer(
                    query, next.linkId(), next.sessionId(), new Outcome.Affected(1, List.of(), Behaviours.TIMING), "");
        });

        assertThat(immediate(UPDATE).status()).isEqualTo(200);
    }

    @Test
    void anOutcomeOfAnotherLinkIsNotTaken() {
        open((query, headers, self) -> {
            Outcome forged = new Outcome.Rows(1, 2, Outcome.Storage.INLINE, List.of(), Behaviours.TIMING);
            self.answer(query, UUID.randomUUID(), headers.sessionId(), forged, "[]");
            Behaviours.rows("[{\"REAL\":true}]", 1).take(query, headers, self);
        });

        assertThat(immediate(SELECT).rows()).isEqualTo("[{\"REAL\":true}]");
    }

    @Test
    void silenceIs504AndTheQueryIsCancelled() {
        open(Behaviours.silent());

        Api.Answer answer = immediate("{\"maxTimeInQueue\":0,\"command\":{\"text\":\"select 1\"}}");

        assertThat(answer.status()).isEqualTo(504);
        UUID id = UUID.fromString(answer.json().path("id").asText());
        await().untilAsserted(() ->
                assertThat(bridge.cancels()).anyMatch(cancel -> cancel.queryId().equals(id)));
        Api.Answer later = api.get("/integrator/sites/" + site.id() + "/queries/" + id);
        assertThat(later.json().path("errorDetails").path("errorCode").asInt()).isEqualTo(504);
    }

    @Test
    void hangingUpCancels() {
        open(Behaviours.silent());
        CompletableFuture<HttpResponse<String>> waiting = api.http()
                .sendAsync(api.posting(Api.immediatePath(site), SELECT).build(), HttpResponse.BodyHandlers.ofString());
        await().until(() ->
                bridge.taken().stream().anyMatch(query -> query.siteId().equals(site.id())));

        waiting.cancel(true);

        await().atMost(Duration.ofSeconds(3)).untilAsserted(() -> assertThat(bridge.cancels())
                .anyMatch(cancel -> cancel.siteId().equals(site.id())));
    }

    @Test
    void aQueryCanBeLookedUpByItsIntegratorOnly() {
        open(Behaviours.rows("[{\"A\":1}]", 1));
        String path = "/integrator/sites/" + site.id() + "/queries/"
                + immediate(SELECT).json().path("id").asText();

        Api.Answer own = api.get(path);
        Api.Answer strangers = new Api(base, cloud.integrator().key()).get(path);

        assertThat(own.status()).isEqualTo(200);
        assertThat(own.json().path("mode").asText()).isEqualTo("immediate");
        assertThat(own.json().path("result").path("data").asText()).isEmpty();
        assertThat(strangers.status()).isEqualTo(404);
    }

    @Test
    void aStormOfQueriesLosesNoReply() {
        open(Behaviours.rows("[{\"A\":1}]", 1));
        List<CompletableFuture<Api.Answer>> answers = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 50; i++) {
                answers.add(api.immediateAsync(site, SELECT));
            }
            answers.forEach(CompletableFuture::join);
        }

        assertThat(answers).allMatch(answer -> answer.join().status() == 200);
    }

    private Api.Answer immediate(String json) {
        return api.immediate(site, json);
    }
}
