package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.Zstd;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.AsyncSite;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.FakeLink;
import dev.halo.gateway.fake.Fakes;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.ParameterType;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Async queries through a real Kafka and a real PostgreSQL, with a bridge and Links of the test's own. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class AsyncIT {

    private static final String SELECT = "{\"command\":{\"text\":\"select * from PATIENTS\"}}";
    private static final String UPDATE =
            "{\"command\":{\"text\":\"update APPOINTMENTS set NOTE = 'x'\",\"executionMode\":\"nonQuery\"}}";

    private final FakeCloud cloud = Fakes.shared().cloud();

    @TestHTTPResource("/")
    URI base;

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
    void aQueryLivesThroughAllItsStages() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        List<String> pages = List.of(FakeLink.page(0, 3), FakeLink.page(3, 2));

        Api.Answer made = api.async(site, SELECT);

        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().path("status").asText()).isEqualTo("initialising");
        assertThat(made.json().path("maxTimeInQueue").asInt()).isEqualTo(3_600_000);
        UUID id = UUID.fromString(made.json().path("id").asText());
        assertThat(made.header("Location")).isEqualTo(Api.queryPath(site, id));
        assertThat(made.header("Retry-After")).isEqualTo("1");
        FakeLink.Held held = at.taken(taken);
        assertThat(held.query().queueMillis()).isBetween(3_500_000L, 3_600_000L);
        held.queued();
        assertThat(api.await(site, id, "queued").path("statusTiming").has("queued"))
                .isTrue();
        held.executing();
        api.await(site, id, "executing");
        link.put(held, pages.subList(0, 1));
        held.uploading(pages);
        JsonNode uploading = api.await(site, id, "uploading");
        assertThat(uploading.at("/result/pages/0/status").asText()).isEqualTo("cached");
        assertThat(uploading.at("/result/pages/1/status").asText()).isEqualTo("queued");
        assertThat(api.get(Api.queryPath(site, id) + "/results/1").status()).isEqualTo(200);
        Api.Answer notYet = api.get(Api.queryPath(site, id) + "/results/2");
        assertThat(notYet.status()).isEqualTo(404);
        assertThat(notYet.message()).contains("not there yet");
        link.put(held, pages);
        held.ended(FakeLink.outcome(pages, List.of()));
        JsonNode ended = api.await(site, id, "successful");
        assertThat(ended.at("/result/rows").asInt()).isEqualTo(5);
        assertThat(ended.at("/result/pages")).hasSize(2);
        assertThat(ended.at("/result/pages/1/rows/rangeStart").asInt()).isEqualTo(3);
        assertThat(ended.at("/result/pages/1/rows/rangeEnd").asInt()).isEqualTo(4);
        assertThat(ended.path("resultSize").asInt())
                .isEqualTo(String.join("", pages).getBytes(StandardCharsets.UTF_8).length);
        assertThat(ended.at("/statusTiming/uploading/endTime").asText())
                .isEqualTo(ended.path("completedAt").asText());
        assertThat(ended.at("/metrics/sqlExecutionDuration").asInt()).isEqualTo(3);
        assertThat(at.text("select request from gateway.async_query where query_id = '" + id + "'"))
                .isNull();
    }

    @Test
    void aPageComesInEveryForm() throws IOException {
        String page = FakeLink.page(0, 2000);
        at.open(link.runs(page));
        UUID id = api.start(site, SELECT);
        api.await(site, id, "successful");
        String path = Api.queryPath(site, id) + "/results/1";

        Api.Answer base64 = api.get(path);
        Api.Answer array = api.get(path + "/stream");
        HttpResponse<byte[]> lines = api.bytes(path + "/stream", "Accept", "application/x-ndjson");
        HttpResponse<byte[]> zstd = api.bytes(path + "/stream", "Accept-Encoding", "zstd, gzip;q=0.5");
        HttpResponse<byte[]> gzip = api.bytes(path + "/stream", "Accept-Encoding", "gzip");

        assertThat(new String(
                        Base64.getDecoder().decode(base64.json().path("data").asText()), StandardCharsets.UTF_8))
                .isEqualTo(page);
        assertThat(base64.header("Size")).isEqualTo(Integer.toString(page.getBytes(StandardCharsets.UTF_8).length));
        assertThat(base64.header("Rows-Count")).isEqualTo("2000");
        assertThat(base64.header("Rows-Range-Start")).isEqualTo("0");
        assertThat(base64.header("Rows-Range-End")).isEqualTo("1999");
        assertThat(array.response().body()).isEqualTo(page);
        assertThat(array.header("Rows-Count")).isEqualTo("2000");
        String[] rows = new String(lines.body(), StandardCharsets.UTF_8).split("\n");
        assertThat(lines.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/x-ndjson"));
        assertThat("[" + String.join(",", rows) + "]").isEqualTo(page);
        assertThat(zstd.headers().firstValue("Content-Encoding")).hasValue("zstd");
        assertThat(new String(
                        Zstd.decompress(zstd.body(), page.getBytes(StandardCharsets.UTF_8).length),
                        StandardCharsets.UTF_8))
                .isEqualTo(page);
        assertThat(gzip.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(new String(
                        new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes(),
                        StandardCharsets.UTF_8))
                .isEqualTo(page);
    }

    @Test
    void aResultWithoutRowsHasOneEmptyPage() {
        at.open(link.runs("[]"));
        UUID id = api.start(site, SELECT);
        api.await(site, id, "successful");

        Api.Answer page = api.get(Api.queryPath(site, id) + "/results/1");
        HttpResponse<byte[]> lines =
                api.bytes(Api.queryPath(site, id) + "/results/1/stream", "Accept", "application/x-ndjson");

        assertThat(page.json().path("data").asText())
                .isEqualTo(Base64.getEncoder().encodeToString("[]".getBytes(StandardCharsets.US_ASCII)));
        assertThat(page.header("Rows-Count")).isEqualTo("0");
        assertThat(lines.body()).isEmpty();
    }

    @Test
    void aNonQueryHasACountAndNoPages() {
        at.open((query, headers, bridge) ->
                new FakeLink.Held(query, headers, bridge).ended(new Outcome.Affected(3, List.of(), Behaviours.TIMING)));
        UUID id = api.start(site, UPDATE);

        JsonNode ended = api.await(site, id, "successful");

        assertThat(ended.at("/result/rowsAffected").asInt()).isEqualTo(3);
        assertThat(ended.at("/result/pages")).isEmpty();
        assertThat(api.get(Api.queryPath(site, id) + "/results/1").status()).isEqualTo(404);
    }

    @Test
    void outputValuesComeWithTheResult() {
        Parameter value = new Parameter("NEXT_ID", Direction.OUTPUT, ParameterType.INT, "NDI=", null);
        at.open(link.runs(List.of(value), "[{\"ID\":1}]"));
        UUID id = api.start(site, SELECT);
        api.await(site, id, "successful");

        Api.Answer page = api.get(Api.queryPath(site, id) + "/results/1");

        assertThat(page.json().at("/parameters/0/name").asText()).isEqualTo("NEXT_ID");
        assertThat(page.json().at("/parameters/0/value").asText()).isEqualTo("NDI=");
    }

    @ParameterizedTest
    @CsvSource({
        "FBSQL, 335544569, executionFailed",
        "HALO_LINK, 1001, executionFailed",
        "HALO_LINK, 1002, expiredInQueue",
        "HALO_LINK, 1003, executionFailed",
        "HALO_LINK, 1011, executionFailed",
        "HTTP, 507, uploadFailed"
    })
    void aFailureSaysWhoseItWas(ErrorType type, int code, String status) {
        at.open((query, headers, bridge) -> new FakeLink.Held(query, headers, bridge)
                .queued()
                .executing()
                .failed(new QueryFailure(type, code, "why\0not")));
        UUID id = api.start(site, SELECT);

        JsonNode ended = api.await(site, id, status);

        assertThat(ended.path("errorCode").asInt()).isEqualTo(code);
        assertThat(ended.path("errorMessage").asText()).isEqualTo("why not");
        assertThat(ended.at("/errorDetails/errorType").asText()).isEqualTo(type.wire());
        Api.Answer page = api.get(Api.queryPath(site, id) + "/results/1");
        assertThat(page.status()).isEqualTo(404);
        assertThat(page.message()).contains(status);
    }

    @Test
    void aResultWhosePagesAreNotAllThereHasFailed() {
        List<String> pages = List.of(FakeLink.page(0, 2), FakeLink.page(2, 2));
        at.open((query, headers, bridge) -> CompletableFuture.runAsync(() -> {
            FakeLink.Held held = new FakeLink.Held(query, headers, bridge);
            link.put(held, pages.subList(0, 1));
            held.ended(FakeLink.outcome(pages, List.of()));
        }));
        UUID id = api.start(site, SELECT);

        JsonNode ended = api.await(site, id, "uploadFailed");

        assertThat(ended.at("/errorDetails/errorType").asText()).isEqualTo("http");
        assertThat(at.text("select count(*) from gateway.result_page where query_id = '" + id + "'"))
                .isEqualTo("0");
    }

    @Test
    void pagesOfAnotherLinkDoNotCount() {
        List<String> pages = List.of(FakeLink.page(0, 2));
        at.open((query, headers, bridge) -> CompletableFuture.runAsync(() -> {
            link.put(UUID.randomUUID(), query, 1, 0, pages.get(0));
            new FakeLink.Held(query, headers, bridge).ended(FakeLink.outcome(pages, List.of()));
        }));

        api.await(site, api.start(site, SELECT), "uploadFailed");
    }

    @Test
    void aSiteThatIsOfflineHasUntilTheEndOfTheQueueTime() {
        UUID early = api.start(site, SELECT);
        at.open(link.runs("[{\"ID\":1}]"));
        api.await(site, early, "successful");
        Fakes.shared().bridge().end(at.session(), CloseCause.CLOSED);
        at.awaitAvailability("offline");

        UUID id = api.start(site, "{\"maxTimeInQueue\":500,\"command\":{\"text\":\"select 1\"}}");

        JsonNode ended = api.await(site, id, "initialisationFailedSiteOffline");
        assertThat(ended.path("completedAt").isTextual()).isTrue();
        assertThat(ended.path("errorCode").asInt()).isEqualTo(503);
    }

    @Test
    void aSiteOfWhichNothingIsHeardIsUnreachable() {
        at.open(Behaviours.silent());
        Fakes.shared().bridge().endedLongAgo(at.session());
        at.awaitAvailability("unreachable");

        UUID id = api.start(site, "{\"maxTimeInQueue\":0,\"command\":{\"text\":\"select 1\"}}");

        api.await(site, id, "initialisationFailedSiteUnreachable");
    }

    @Test
    void waitingAnswersAtTheNextChange() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID id = api.start(site, SELECT);
        FakeLink.Held held = at.taken(taken);
        held.queued();
        api.await(site, id, "queued");
        CompletableFuture<Api.Answer> waiting =
                CompletableFuture.supplyAsync(() -> api.get(Api.queryPath(site, id) + "?waitMs=20000"));
        Api.Answer shortWait = api.get(Api.queryPath(site, id) + "?waitMs=50");

        assertThat(shortWait.json().path("status").asText()).isEqualTo("queued");
        assertThat(waiting).isNotDone();
        held.executing();
        assertThat(waiting.join().json().path("status").asText()).isEqualTo("executing");
    }

    @Test
    void waitersAreBounded() {
        at.openHolding();
        UUID id = api.start(site, SELECT);
        await().until(() -> api.query(site, id).status() == 200);

        List<CompletableFuture<Api.Answer>> all = IntStream.range(0, 30)
                .mapToObj(i -> api.http()
                        .sendAsync(
                                api.request(Api.queryPath(site, id) + "?waitMs=1500")
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .thenApply(response -> new Api.Answer(response.statusCode(), response, null)))
                .toList();

        List<Api.Answer> answers = all.stream().map(CompletableFuture::join).toList();
        assertThat(answers).extracting(Api.Answer::status).contains(200, 503).doesNotContain(500);
        assertThat(answers).filteredOn(one -> one.status() == 503).allMatch(one -> one.header("Retry-After") != null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "30001", "x", "1.5"})
    void aWaitOutOfItsBoundsIsRefused(String wait) {
        Api.Answer answer = api.get(Api.queryPath(site, UUID.randomUUID()) + "?waitMs=" + wait);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).contains("waitMs").contains("30000");
    }

    @Test
    void manyAreAskedForAtOnce() {
        at.open(link.runs("[{\"ID\":1}]"));
        UUID one = api.start(site, SELECT);
        UUID two = api.start(site, SELECT);
        api.await(site, one, "successful");
        api.await(site, two, "successful");
        UUID unknown = UUID.randomUUID();

        Api.Answer answer = status(List.of(two, unknown, one, two));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("results").findValuesAsText("queryId"))
                .containsExactly(two.toString(), unknown.toString(), one.toString(), two.toString());
        assertThat(answer.json().at("/results/1/status").asText()).isEqualTo("notFound");
        assertThat(answer.json().at("/results/2/query/status").asText()).isEqualTo("successful");
        assertThat(answer.json().at("/results/2/query/result/pages")).hasSize(1);
    }

    @Test
    void aBatchHasItsBounds() {
        List<UUID> ids =
                IntStream.range(0, 501).mapToObj(i -> UUID.randomUUID()).toList();

        assertThat(status(ids).status()).isEqualTo(400);
        assertThat(status(ids).message()).contains("queryIds").contains("500");
        assertThat(status(ids.subList(0, 500)).status()).isEqualTo(200);
        for (String body : List.of(
                "",
                "[]",
                "{}",
                "{\"queryIds\":[]}",
                "{\"queryIds\":\"x\"}",
                "{\"queryIds\":[\"x\"]}",
                "{\"queryIds\":[1]}",
                "{\"queryIds\":[],\"queryIds\":[]}")) {
            Api.Answer answer = api.post(statusPath(), body);
            assertThat(answer.status()).as(body).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @CsvSource({"-1, 400", "0, 201", "7200000, 201", "7200001, 400", "1.5, 400", "\"x\", 400"})
    void theTimeInTheQueueHasItsBounds(String wait, int status) {
        Api.Answer answer = api.async(site, "{\"maxTimeInQueue\":" + wait + ",\"command\":{\"text\":\"select 1\"}}");

        assertThat(answer.status()).isEqualTo(status);
        if (status == 400) {
            assertThat(answer.message()).contains("maxTimeInQueue");
        }
    }

    @Test
    void theChecksComeInTheirOrder() {
        FakeCloud.Integrator stranger = cloud.integrator();
        Api strangers = new Api(base, stranger.key());

        assertThat(new Api(base, null).async(site, SELECT).status()).isEqualTo(401);
        assertThat(api.async(site, "{}").status()).isEqualTo(400);
        assertThat(api.post("/integrator/sites/" + UUID.randomUUID() + "/queries/async", SELECT)
                        .status())
                .isEqualTo(404);
        assertThat(strangers.async(site, SELECT).status()).isEqualTo(403);
        assertThat(api.async(site, "{\"catalogue\":\"NONE\",\"command\":{\"text\":\"select 1\"}}")
                        .message())
                .contains("catalogue");
        assertThat(api.send(api.request(Api.asyncPath(site)).PUT(HttpRequest.BodyPublishers.noBody()), false)
                        .status())
                .isEqualTo(405);
        assertThat(api.send(api.request(Api.asyncPath(site)).GET(), false).status())
                .isEqualTo(405);
        assertThat(api.send(api.request(statusPath()).GET(), false).status()).isEqualTo(405);
    }

    @Test
    void anotherIntegratorsQueryIsNotFound() {
        at.open(link.runs("[{\"ID\":1}]"));
        UUID id = api.start(site, SELECT);
        api.await(site, id, "successful");
        Api strangers = new Api(base, cloud.integrator().key());
        String path = Api.queryPath(site, id);

        for (String one : List.of(path, path + "/results/1", path + "/results/1/stream")) {
            assertThat(strangers.get(one).status()).as(one).isEqualTo(404);
        }
        assertThat(strangers.delete(path).status()).isEqualTo(404);
        assertThat(api.get(path + "/results/1").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"0, 400", "-1, 400", "x, 400", "1234567890, 400", "2, 404", "999999999, 404"})
    void aPageThatDoesNotExistIsSaidSo(String page, int status) {
        at.open(link.runs("[{\"ID\":1}]"));
        UUID id = api.start(site, SELECT);
        api.await(site, id, "successful");

        Api.Answer answer = api.get(Api.queryPath(site, id) + "/results/" + page);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.message()).contains(status == 400 ? "pageNumber" : "1 in all");
        assertThat(api.get(Api.queryPath(site, id) + "/results/" + page + "/stream")
                        .status())
                .isEqualTo(status);
    }

    @Test
    void aResultIsGoneAfterItsTime() {
        at.open(link.runs("[{\"ID\":1}]"));
        UUID id = api.start(site, SELECT);
        api.await(site, id, "successful");

        at.execute("update gateway.async_query set completed_at = completed_at - interval '25 hours' where query_id = '"
                + id + "'");

        Api.Answer page = api.get(Api.queryPath(site, id) + "/results/1");
        assertThat(page.status()).isEqualTo(410);
        assertThat(page.message()).contains("24 hours");
        assertThat(api.get(Api.queryPath(site, id) + "/results/1/stream").status())
                .isEqualTo(410);
        JsonNode query = api.query(site, id).json();
        assertThat(query.path("status").asText()).isEqualTo("successful");
        assertThat(query.at("/result/pages")).isEmpty();
    }

    @Test
    void deletingAnEndedQueryRemovesItsPages() {
        at.open(link.runs("[{\"ID\":1}]"));
        UUID id = api.start(site, SELECT);
        api.await(site, id, "successful");

        Api.Answer first = api.delete(Api.queryPath(site, id));
        Api.Answer again = api.delete(Api.queryPath(site, id));

        assertThat(first.status()).isEqualTo(202);
        assertThat(first.header("Location")).isEqualTo(Api.queryPath(site, id));
        assertThat(again.status()).isEqualTo(202);
        assertThat(api.get(Api.queryPath(site, id) + "/results/1").status()).isEqualTo(410);
        assertThat(at.text("select count(*) from gateway.result_page where query_id = '" + id + "'"))
                .isEqualTo("0");
        assertThat(api.query(site, id).json().path("status").asText()).isEqualTo("successful");
    }

    @Test
    void deletingARunningReadEndsItAndTellsTheLink() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID id = api.start(site, SELECT);
        FakeLink.Held held = at.taken(taken);
        held.queued().executing();
        api.await(site, id, "executing");

        assertThat(api.delete(Api.queryPath(site, id)).status()).isEqualTo(202);

        JsonNode ended = api.await(site, id, "executionFailed");
        assertThat(ended.path("errorCode").asInt()).isEqualTo(1004);
        at.awaitCancel(id, LinkErrorCode.CANCELLED);
        assertThat(link.put(site.linkId(), held.query(), 1, 0, "[]")).isEqualTo(204);
        assertThat(at.text("select count(*) from gateway.result_page where query_id = '" + id + "'"))
                .isEqualTo("0");
    }

    @Test
    void deletingAWriteThatRunsLeavesItsEndToTheLink() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID id = api.start(site, UPDATE);
        FakeLink.Held held = at.taken(taken);
        held.queued().executing();
        api.await(site, id, "executing");

        api.delete(Api.queryPath(site, id));
        at.awaitCancel(id, LinkErrorCode.CANCELLED);
        held.failed(LinkErrorCode.CANCELLED.failure("cancelled"));

        assertThat(api.await(site, id, "executionFailed").path("errorCode").asInt())
                .isEqualTo(1004);
    }

    @Test
    void deletingWhatWaitsHereEndsIt() {
        UUID id = api.start(site, UPDATE);

        api.delete(Api.queryPath(site, id));

        assertThat(api.await(site, id, "executionFailed").path("errorCode").asInt())
                .isEqualTo(1004);
    }

    @Test
    void aDisabledIntegratorLosesItsQueriesAndPages() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID done = api.start(site, SELECT);
        FakeLink.Held first = at.taken(taken);
        link.put(first, List.of("[{\"ID\":1}]"));
        first.ended(FakeLink.outcome(List.of("[{\"ID\":1}]"), List.of()));
        api.await(site, done, "successful");
        UUID queued = api.start(site, SELECT);
        at.taken(taken).queued();
        api.await(site, queued, "queued");

        cloud.enable(at.integrator(), site, false);
        at.awaitCancel(queued, LinkErrorCode.INTEGRATOR_DISABLED);
        await().until(() ->
                "t".equals(at.text("select pages_removed from gateway.async_query where query_id = '" + done + "'")));
        assertThat(api.query(site, done).status()).isEqualTo(403);
        cloud.enable(at.integrator(), site, true);

        await().until(() -> api.query(site, queued).status() == 200);
        assertThat(api.query(site, queued).json().path("errorCode").asInt()).isEqualTo(1006);
        assertThat(api.get(Api.queryPath(site, done) + "/results/1").status()).isEqualTo(410);
    }

    @Test
    void ofASupersededSiteResultsStayAndWhatWaitsEnds() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID done = api.start(site, SELECT);
        FakeLink.Held first = at.taken(taken);
        link.put(first, List.of("[{\"ID\":1}]"));
        first.ended(FakeLink.outcome(List.of("[{\"ID\":1}]"), List.of()));
        api.await(site, done, "successful");
        UUID running = api.start(site, SELECT);
        FakeLink.Held held = at.taken(taken);
        held.queued().executing();
        api.await(site, running, "executing");
        UUID queued = api.start(site, SELECT);
        at.taken(taken).queued();

        cloud.authority(new FakeCloud.Site(UUID.randomUUID(), UUID.randomUUID(), site.pmsId()));

        assertThat(api.await(site, queued, "executionFailed").path("errorCode").asInt())
                .isEqualTo(1005);
        assertThat(api.get(Api.queryPath(site, done) + "/results/1").status()).isEqualTo(200);
        assertThat(api.async(site, SELECT).status()).isEqualTo(403);
        link.put(held, List.of("[]"));
        held.ended(FakeLink.outcome(List.of("[]"), List.of()));
        api.await(site, running, "successful");
    }

    @Test
    void theLinkHasNoMoreThanItsShare() {
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ids.add(api.start(site, UPDATE));
        }
        List<FakeLink.Held> held = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            held.add(at.taken(taken));
            held.get(i).queued();
        }
        assertThat(held).extracting(one -> one.query().queryId()).isEqualTo(ids.subList(0, 5));
        assertThat(at.text("select count(*) from gateway.async_query where session_id is not null and site_id = '"
                        + site.id() + "'"))
                .isEqualTo("5");

        held.get(2).ended(new Outcome.Affected(1, List.of(), Behaviours.TIMING));

        assertThat(at.taken(taken).query().queryId()).isEqualTo(ids.get(5));
        ids.forEach(id -> api.delete(Api.queryPath(site, id)));
    }

    @Test
    void unfinishedQueriesAreBounded() {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add(api.start(site, SELECT));
        }

        Api.Answer refused = api.async(site, SELECT);

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isNotNull();
        ids.forEach(id -> api.delete(Api.queryPath(site, id)));
        assertThat(api.async(site, SELECT).status()).isEqualTo(201);
    }

    private Api.Answer status(List<UUID> ids) {
        return api.post(
                statusPath(),
                "{\"queryIds\":[" + ids.stream().map(id -> "\"" + id + "\"").collect(Collectors.joining(",")) + "]}");
    }

    private String statusPath() {
        return "/integrator/sites/" + site.id() + "/queries/status";
    }
}
