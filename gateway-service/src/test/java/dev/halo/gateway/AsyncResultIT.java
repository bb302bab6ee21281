package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.Zstd;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.FakeLink;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.ParameterType;
import dev.halo.test.Background;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages of async queries, from the Link to the integrator. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class AsyncResultIT extends AsyncFixture {

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

    @Test
    void aResultWhosePagesAreNotAllThereHasFailed() {
        List<String> pages = List.of(FakeLink.page(0, 2), FakeLink.page(2, 2));
        at.open((query, headers, bridge) -> Background.run(() -> {
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
        at.open((query, headers, bridge) -> Background.run(() -> {
            link.put(UUID.randomUUID(), query, 1, 0, pages.get(0));
            new FakeLink.Held(query, headers, bridge).ended(FakeLink.outcome(pages, List.of()));
        }));

        api.await(site, api.start(site, SELECT), "uploadFailed");
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
}
