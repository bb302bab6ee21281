package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.FakeLink;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.protocol.query.LinkErrorCode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Test;

/** Async queries that are deleted, or whose integrator or site may no longer. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class AsyncEndIT extends AsyncFixture {

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
    void whoeverIsDisabledForAMomentLosesItsQueriesAndPagesToo() {
        // Given
        BlockingQueue<FakeLink.Held> taken = at.openHolding();
        UUID done = succeeded(taken);
        UUID queued = api.start(site, SELECT);
        at.taken(taken).queued();
        api.await(site, queued, "queued");

        // When it is enabled again before anybody looks
        cloud.enable(at.integrator(), site, false);
        cloud.enable(at.integrator(), site, true);

        // Then
        at.awaitCancel(queued, LinkErrorCode.INTEGRATOR_DISABLED);
        await().until(() -> api.get(Api.queryPath(site, done) + "/results/1").status() == 410);
        await().until(() ->
                "t".equals(at.text("select pages_removed from gateway.async_query where query_id = '" + done + "'")));
        assertThat(api.query(site, queued).json().path("errorCode").asInt()).isEqualTo(1006);

        // And what is asked from now on stays
        UUID later = succeeded(taken);
        UUID marker = api.start(site, SELECT);
        at.taken(taken).queued();
        cloud.authority(new FakeCloud.Site(UUID.randomUUID(), UUID.randomUUID(), site.pmsId()));
        api.await(site, marker, "executionFailed");
        assertThat(api.get(Api.queryPath(site, later) + "/results/1").status()).isEqualTo(200);
    }

    private UUID succeeded(BlockingQueue<FakeLink.Held> taken) {
        UUID id = api.start(site, SELECT);
        FakeLink.Held held = at.taken(taken);
        link.put(held, List.of("[{\"ID\":1}]"));
        held.ended(FakeLink.outcome(List.of("[{\"ID\":1}]"), List.of()));
        api.await(site, id, "successful");
        return id;
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
}
