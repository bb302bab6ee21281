package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.FakeLink;
import dev.halo.gateway.fake.Fakes;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import dev.halo.test.Background;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Async queries through a real Kafka and a real PostgreSQL, with a bridge and Links of the test's own. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class AsyncIT extends AsyncFixture {

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
                Background.supply(() -> api.get(Api.queryPath(site, id) + "?waitMs=20000"));
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
