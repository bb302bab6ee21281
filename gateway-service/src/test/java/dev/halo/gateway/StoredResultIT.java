package dev.halo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.halo.gateway.fake.Api;
import dev.halo.gateway.fake.Behaviours;
import dev.halo.gateway.fake.FakeCloud;
import dev.halo.gateway.fake.Fakes;
import dev.halo.gateway.fake.GatewayResources;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.test.Background;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Results that are too large for Kafka: uploaded by the Link, answered once, gone. */
@QuarkusTest
@QuarkusTestResource(GatewayResources.class)
class StoredResultIT {

    private static final String SELECT = "{\"command\":{\"text\":\"select * from PATIENTS\"}}";

    private final HttpClient http = HttpClient.newHttpClient();
    private final FakeCloud cloud = Fakes.shared().cloud();

    @TestHTTPResource("/")
    URI base;

    private FakeCloud.Site site;
    private Api api;

    @BeforeEach
    void enableAnIntegratorAtASite() {
        FakeCloud.Integrator integrator = cloud.integrator();
        site = cloud.site();
        cloud.pair(integrator, site, true);
        cloud.enable(integrator, site, true);
        api = new Api(base, integrator.key());
        Awaitility.await().until(() -> upload(token(), UUID.randomUUID(), Instant.now(), "[]", 0, 2) == 204);
    }

    @Test
    void aStoredResultIsAnsweredWhole() {
        String rows = rows(60_000);
        linkThatStores(rows, 60_000, site.linkId());

        Api.Answer answer = api.immediate(site, SELECT);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.rows()).isEqualTo(rows);
        assertThat(answer.json().path("resultSize").asInt()).isEqualTo(rows.length());
    }

    @Test
    void aResultThatAnotherLinkStoredIsNotTaken() {
        linkThatStores("[{\"FORGED\":1}]", 1, UUID.randomUUID());

        Api.Answer answer = api.immediate(site, SELECT);

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.json().path("errorDetails").path("errorType").asText())
                .isEqualTo("http");
    }

    @Test
    void theSameUploadAgainIsNoError() {
        UUID query = UUID.randomUUID();
        Instant createdAt = Instant.now();

        assertThat(upload(token(), query, createdAt, "[{}]", 1, 4)).isEqualTo(204);
        assertThat(upload(token(), query, createdAt, "[{}]", 1, 4)).isEqualTo(204);
        assertThat(upload(token(), query, createdAt, "[{},{}]", 2, 7)).isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource({"2, 4, 400", "1, 5, 400", "1, 3, 400", "1, 99999999999, 400", "-1, 4, 400", "1, 4, 204"})
    void whatDoesNotFitItsHeadersIsRefused(long rows, long size, int status) {
        assertThat(upload(token(), UUID.randomUUID(), Instant.now(), "[{}]", rows, size))
                .isEqualTo(status);
    }

    @Test
    void anUploadWithoutAGoodTokenIsRefused() {
        assertThat(upload("nonsense", UUID.randomUUID(), Instant.now(), "[{}]", 1, 4))
                .isEqualTo(401);
    }

    @Test
    void anUploadForAQueryOfLongAgoIsRefused() {
        assertThat(upload(token(), UUID.randomUUID(), Instant.parse("2020-01-01T00:00:00Z"), "[{}]", 1, 4))
                .isEqualTo(400);
    }

    private void linkThatStores(String rows, int count, UUID uploader) {
        Outcome outcome = new Outcome.Rows(count, rows.length(), Outcome.Storage.STORED, List.of(), Behaviours.TIMING);
        Fakes.shared()
                .bridge()
                .open(
                        site,
                        (query, headers, bridge) -> Background.run(() -> {
                            upload(uploader, query, rows, count);
                            bridge.answer(query, headers.linkId(), headers.sessionId(), outcome, "");
                        }));
        api.awaitOnline(site);
    }

    private void upload(UUID linkId, QueryRequest query, String rows, int count) {
        String token = Fakes.shared().linkTokens().sign(linkId, Instant.now());
        assertThat(upload(token, query.queryId(), query.createdAt(), rows, count, rows.length()))
                .isEqualTo(204);
    }

    private String token() {
        return Fakes.shared().linkTokens().sign(site.linkId(), Instant.now());
    }

    private int upload(String token, UUID queryId, Instant createdAt, String json, long rows, long size) {
        byte[] body = Zstd.compress(json.getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(base.resolve(LinkApi.pagePath(queryId, 1)))
                .header("Authorization", "Bearer " + token)
                .header(LinkApi.HEADER_ROWS, Long.toString(rows))
                .header(LinkApi.HEADER_FIRST_ROW, "0")
                .header(LinkApi.HEADER_SIZE, Long.toString(size))
                .header(LinkApi.HEADER_SHA256, sha256(body))
                .header(LinkApi.HEADER_CREATED_AT, createdAt.toString())
                .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String rows(int count) {
        StringBuilder rows = new StringBuilder("[");
        for (int i = 0; i < count; i++) {
            rows.append(i == 0 ? "" : ",")
                    .append("{\"ID\":")
                    .append(i)
                    .append(",\"NAME\":\"Patient ")
                    .append(i)
                    .append("\"}");
        }
        return rows.append(']').toString();
    }

    private static String sha256(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
