package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.AsyncSite;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.FakeBridge;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.FakeLink;
import dev.halo.gateway.fake.Fakes;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Async queries when something goes wrong: each comes to an end, and none runs twice that must not. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class RecoveryIT {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String SELECT = "{\"command\":{\"text\":\"select * from PATIENTS\"}}";
    private static final String UPDATE =
            "{\"command\":{\"text\":\"update APPOINTMENTS set NOTE = 'x'\",\"executionMode\":\"nonQuery\"}}";
    private static final String SHORT_SELECT =
            "{\"maxTimeInQueue\":1000,\"command\":{\"text\":\"select * from PATIENTS\"}}";
    private static final String SHORT_UPDATE =
            "{\"maxTimeInQueue\":1000,\"command\":{\"text\":\"delete from APPOINTMENTS\"}}";
    private static final List<String> PAGE = List.of("[{\"ID\":1}]");

    private final FakeBridge bridge = Fakes.shared().bridge();
    private final FakeBridge otherBridge = Fakes.shared().otherBridge();

    @TestHTTPResource("/")
    URI base;

    @Inject
    MeterRegistry metrics;

    private AsyncSite at;
    private FakeCloud.Site site;
    private Api api;
    private FakeLink link;

    @BeforeEach
    void enableAnIntegratorAtASite() {
        at = AsyncSite.enabled(base);
        site = at.site();
        api = at.api();
        link = new FakeLink(base);
    }

    @AfterEach
    void endWhatIsLeft() {
        at.close();
    }

    @Test
    void duplicatesAndLateReportsChangeNothing() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID id = api.start(site, SELECT);
        FakeLink.Held held = at.taken(taken);
        link.put(held, PAGE);
        held.queued().queued().executing().queued().executing().uploading(PAGE).executing();
        held.ended(FakeLink.outcome(PAGE, List.of()));
        JsonNode ended = api.await(site, id, "successful");
        double before = events("ignored");

        held.ended(FakeLink.outcome(PAGE, List.of()));
        held.failed(LinkErrorCode.INTERNAL.failure("late"));
        held.queued().executing();
        await().atMost(PATIENCE).until(() -> events("ignored") >= before + 4);

        assertThat(api.query(site, id).json()).isEqualTo(ended);
        assertThat(api.get(Api.queryPath(site, id) + "/results/1").status()).isEqualTo(200);
    }

    @Test
    void aReportOfAnotherLinkIsDroppedAndCounted() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID id = api.start(site, SELECT);
        FakeLink.Held held = at.taken(taken);
        double before = events("foreign");

        bridge.answer(
                held.query(),
                UUID.randomUUID(),
                held.headers().sessionId(),
                new Outcome.Affected(1, List.of(), Behaviours.TIMING),
                "");
        await().atMost(PATIENCE).until(() -> events("foreign") > before);

        assertThat(api.query(site, id).json().path("status").asText()).isEqualTo("initialising");
        held.failed(LinkErrorCode.EXECUTION_LIMIT.failure("limit"));
        api.await(site, id, "executionFailed");
    }

    @Test
    void whatCannotBeReadIsCountedAndLeft() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID id = api.start(site, SELECT);
        FakeLink.Held held = at.taken(taken);
        double before = malformed();

        held.report(MessageType.OUTCOME, new byte[] {0, 0});
        held.report(MessageType.UPLOADING, "{".getBytes(StandardCharsets.US_ASCII));
        held.report(MessageType.OUTCOME, null);
        bridge.result(id.toString(), MessageHeaders.of(MessageType.QUEUED), null);
        held.queued();

        api.await(site, id, "queued");
        assertThat(malformed() - before).isEqualTo(4);
        held.failed(LinkErrorCode.INTERNAL.failure("x"));
    }

    @Test
    void handedBackItIsSentAgain() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID id = api.start(site, UPDATE);

        at.taken(taken).ended(new Outcome.Released(Outcome.ReleaseCause.NO_CREDIT));
        FakeLink.Held second = at.taken(taken);

        assertThat(second.query().queryId()).isEqualTo(id);
        second.ended(new Outcome.Affected(1, List.of(), Behaviours.TIMING));
        api.await(site, id, "successful");
    }

    @Test
    void whatNobodyAcknowledgesIsSentAgain() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID id = api.start(site, UPDATE);
        at.taken(taken);

        FakeLink.Held second = at.taken(taken);

        assertThat(second.query().queryId()).isEqualTo(id);
        second.ended(new Outcome.Affected(1, List.of(), Behaviours.TIMING));
        api.await(site, id, "successful");
    }

    @Test
    void aLinkThatComesBackWithItsJournalGetsAgainWhatItHasNotBegun() {
        UUID journal = UUID.randomUUID();
        BlockingQueue<FakeLink.Held> first = at.openHolding();
        bridge.sessionOpened(at.session(), journal, List.of());
        UUID held = api.start(site, UPDATE);
        at.taken(first).queued();
        UUID forgotten = api.start(site, UPDATE);
        at.taken(first).queued();
        api.await(site, held, "queued");
        api.await(site, forgotten, "queued");

        BlockingQueue<FakeLink.Held> second = at.openHolding(otherBridge);
        otherBridge.sessionOpened(at.session(), journal, List.of(held));

        FakeLink.Held again = at.taken(second);
        assertThat(again.query().queryId()).isEqualTo(forgotten);
        assertThat(second).isEmpty();
        assertThat(api.query(site, held).json().path("status").asText()).isEqualTo("queued");
        assertThat(at.text("select session_id from gateway.async_query where query_id = '" + held + "'"))
                .isEqualTo(at.session().sessionId().toString());
        again.ended(new Outcome.Affected(1, List.of(), Behaviours.TIMING));
        api.await(site, forgotten, "successful");
        api.delete(Api.queryPath(site, held));
    }

    @Test
    void aLinkWithAnotherJournalHasAnUnknownPast() {
        BlockingQueue<FakeLink.Held> first = at.openHolding();
        bridge.sessionOpened(at.session(), UUID.randomUUID(), List.of());
        UUID write = api.start(site, UPDATE);
        at.taken(first).queued();
        UUID waiting = api.start(site, SELECT);
        at.taken(first).queued();
        UUID running = api.start(site, SELECT);
        at.taken(first).queued().executing();
        api.await(site, write, "queued");
        api.await(site, waiting, "queued");
        api.await(site, running, "executing");

        BlockingQueue<FakeLink.Held> second = at.openHolding(otherBridge);
        otherBridge.sessionOpened(at.session(), UUID.randomUUID(), List.of());

        assertThat(api.await(site, write, "executionFailed").path("errorCode").asInt())
                .isEqualTo(1001);
        assertThat(api.await(site, running, "executionFailed").path("errorCode").asInt())
                .isEqualTo(1099);
        assertThat(at.taken(second).query().queryId()).isEqualTo(waiting);
        assertThat(second).isEmpty();
    }

    @Test
    void aReadBeginsAnewWithoutTheOldPages() {
        UUID journal = UUID.randomUUID();
        List<String> old = List.of(FakeLink.page(0, 2), FakeLink.page(2, 2));
        BlockingQueue<FakeLink.Held> first = at.openHolding();
        bridge.sessionOpened(at.session(), journal, List.of());
        UUID id = api.start(site, SELECT);
        FakeLink.Held held = at.taken(first).queued().executing();
        link.put(held, old);
        held.uploading(old);
        api.await(site, id, "uploading");

        BlockingQueue<FakeLink.Held> second = at.openHolding(otherBridge);
        otherBridge.sessionOpened(at.session(), journal, List.of());
        FakeLink.Held again = at.taken(second);

        assertThat(at.text("select count(*) from gateway.result_page where query_id = '" + id + "'"))
                .isEqualTo("0");
        link.put(again, PAGE);
        again.queued().executing().ended(FakeLink.outcome(PAGE, List.of()));
        assertThat(api.await(site, id, "successful").at("/result/pages")).hasSize(1);
    }

    @Test
    void anOutcomeThatIsStillToBeReadIsNotTakenForALoss() {
        UUID journal = UUID.randomUUID();
        BlockingQueue<FakeLink.Held> first = at.openHolding();
        bridge.sessionOpened(at.session(), journal, List.of());
        UUID id = api.start(site, UPDATE);
        FakeLink.Held held = at.taken(first).queued().executing();
        api.await(site, id, "executing");

        BlockingQueue<FakeLink.Held> second = at.openHolding(otherBridge);
        EmbeddedPostgres.shared().stop();
        try {
            held.ended(new Outcome.Affected(1, List.of(), Behaviours.TIMING));
            otherBridge.sessionOpened(at.session(), journal, List.of());
        } finally {
            EmbeddedPostgres.shared().start();
        }

        api.await(site, id, "successful");
        assertThat(second).isEmpty();
    }

    @Test
    void whatTheLinkHoldsAndNobodyWantsIsCancelled() {
        BlockingQueue<FakeLink.Held> first = at.openHolding();
        UUID id = api.start(site, SELECT);
        at.taken(first).queued();
        api.await(site, id, "queued");
        bridge.end(at.session(), CloseCause.LOST);
        await().atMost(PATIENCE).until(() -> api.delete(Api.queryPath(site, id)).status() == 202);
        api.await(site, id, "executionFailed");

        at.openHolding();
        bridge.sessionOpened(at.session(), UUID.randomUUID(), List.of(id));

        at.awaitCancel(id, LinkErrorCode.CANCELLED);
    }

    @Test
    void aQueuedReadThatNobodyStartsExpires() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID id = api.start(site, SHORT_SELECT);
        at.taken(taken).queued();

        assertThat(api.await(site, id, "expiredInQueue").path("errorCode").asInt())
                .isEqualTo(1002);
        at.awaitCancel(id, LinkErrorCode.CANCELLED);
    }

    @Test
    void aQueuedWriteOfALinkThatIsAwayIsUnknown() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID id = api.start(site, SHORT_UPDATE);
        at.taken(taken).queued();
        api.await(site, id, "queued");
        Fakes.shared().bridge().endedLongAgo(at.session());

        assertThat(api.await(site, id, "executionFailed").path("errorCode").asInt())
                .isEqualTo(1001);
    }

    @Test
    void whatRunsAtALinkThatStaysAwayIsUnknown() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID id = api.start(site, SELECT);
        at.taken(taken).queued().executing();
        api.await(site, id, "executing");

        Fakes.shared().bridge().endedLongAgo(at.session());

        assertThat(api.await(site, id, "executionFailed").path("errorCode").asInt())
                .isEqualTo(1001);
    }

    @Test
    void whatWaitsForALinkIsSentWhenItComes() {
        UUID id = api.start(site, SELECT);
        assertThat(api.query(site, id).json().path("status").asText()).isEqualTo("initialising");

        at.open(link.runs(PAGE.get(0)));

        api.await(site, id, "successful");
    }

    @Test
    void whatIsOverIsNotSentAnyMore() throws SQLException {
        try (Connection database = EmbeddedPostgres.shared().connect(GatewayResources.DATABASE);
                Statement statement = database.createStatement()) {
            // Given one whose time is over, and a sweeper that cannot end it, for this is its lock
            statement.execute("select pg_advisory_lock(" + 0x48616C6F41737931L + ")");
            UUID late = api.start(site, SELECT);
            at.execute("update gateway.async_query set max_queue = -600000 where query_id = '" + late + "'");
            BlockingQueue<FakeLink.Held> taken = at.openHolding();

            // When another one of the same lane is sent
            UUID inTime = api.start(site, SELECT);

            // Then the older one, which would have come first, did not come
            assertThat(at.taken(taken).query().queryId()).isEqualTo(inTime);
        }
    }

    @Test
    void anOldSessionsEventIsLeftAlone() {
        SessionRecord.Open old = at.open(Behaviours.silent());
        BlockingQueue<FakeLink.Held> taken = at.openHolding(otherBridge);
        otherBridge.sessionOpened(at.session(), UUID.randomUUID(), List.of());
        UUID id = api.start(site, UPDATE);
        FakeLink.Held held = at.taken(taken).queued();
        api.await(site, id, "queued");

        bridge.sessionOpened(old, UUID.randomUUID(), List.of());
        await().atMost(PATIENCE)
                .until(() -> at.text("select reconciled_at from gateway.link_session where session_id = '"
                                + old.sessionId() + "'")
                        != null);

        assertThat(api.query(site, id).json().path("status").asText()).isEqualTo("queued");
        held.ended(new Outcome.Affected(1, List.of(), Behaviours.TIMING));
        api.await(site, id, "successful");
    }

    @Test
    void whilePostgresIsAwayNothingIsLost() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID id = api.start(site, SELECT);
        FakeLink.Held held = at.taken(taken).queued();
        api.await(site, id, "queued");
        link.put(held, PAGE);

        EmbeddedPostgres.shared().stop();
        Api.Answer refused;
        Api.Answer lookup;
        try {
            held.executing().uploading(PAGE).ended(FakeLink.outcome(PAGE, List.of()));
            refused = api.async(site, SELECT);
            lookup = api.query(site, id);
        } finally {
            EmbeddedPostgres.shared().start();
        }

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isNotNull();
        assertThat(lookup.status()).isEqualTo(503);
        JsonNode ended = api.await(site, id, "successful");
        assertThat(ended.at("/statusTiming/executing/startTime").isTextual()).isTrue();
        assertThat(api.get(Api.queryPath(site, id) + "/results/1").status()).isEqualTo(200);
    }

    private double events(String outcome) {
        return metrics.find("halo.gateway.async.events").tag("outcome", outcome).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private double malformed() {
        return metrics.find("halo.gateway.results.malformed").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }
}
