package dev.halo.systemtests.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.link.LinkApi;
import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.client.QueryBody;
import dev.halo.systemtests.suite.Ageing;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A page that a Link uploads again, because it did not hear that the first time was good. */
@SystemTest
class PageUploadIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final SuiteUnderTest suite;
    private final Demo demo;
    private final IntegratorClient integrator;
    private final Ageing ageing;

    PageUploadIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
        this.integrator = suite.integratorA();
        this.ageing = suite.ageing();
    }

    @Test
    void aPageUploadedAgainAfterTheHourIsTheSamePage() throws Exception {
        // Given a query of the hour before, and one of its pages as the Link has sent it
        String id = integrator
                .async(demo.siteId(), QueryBody.sql("select 1 as ONE from RDB$DATABASE"))
                .id();
        Answer ended = integrator.awaitEnded(demo.siteId(), id);
        assertThat(ended.queryStatus()).as("%s", ended).isEqualTo("successful");
        UUID link = ageing.linkOf(id);
        UUID older = ageing.created(id, Duration.ofHours(1));
        byte[] body = ageing.page(older, 1);
        Answer before = integrator.page(demo.siteId(), older, 1);

        // When
        int again = put(link, older, before.header("Size"), body);
        int foreign = put(UUID.randomUUID(), older, before.header("Size"), body);

        // Then
        assertThat(again).isEqualTo(204);
        assertThat(foreign).isEqualTo(404);
        assertThat(ageing.pages(older)).isEqualTo(1);
        assertThat(integrator.page(demo.siteId(), older, 1).json()).isEqualTo(before.json());
    }

    @Test
    void aPageIsStoredOnceHoweverOftenItComesInTheNextHour() throws Exception {
        // Given a query that was made an hour ago and of which nothing has ended yet
        String id = integrator
                .async(demo.siteId(), QueryBody.sql("select 1 as ONE from RDB$DATABASE"))
                .id();
        integrator.awaitEnded(demo.siteId(), id);
        UUID link = ageing.linkOf(id);
        byte[] body = ageing.page(id, 1);
        String size = integrator.page(demo.siteId(), id, 1).header("Size");
        UUID unended = new UUID(
                Instant.now().minus(Duration.ofHours(1)).toEpochMilli() << 16 | 0x7000L,
                link.getLeastSignificantBits());

        // When
        int first = put(link, unended, size, body);
        int again = put(link, unended, size, body);

        // Then
        assertThat(first).isEqualTo(204);
        assertThat(again).isEqualTo(204);
        assertThat(ageing.pages(unended)).isEqualTo(1);
    }

    private int put(UUID link, UUID query, String size, byte[] body)
            throws IOException, InterruptedException, NoSuchAlgorithmException {
        HttpRequest request = HttpRequest.newBuilder(demo.gateway().resolve(LinkApi.pagePath(query, 1)))
                .header("Authorization", "Bearer " + suite.linkToken(link))
                .header(LinkApi.HEADER_ROWS, "1")
                .header(LinkApi.HEADER_FIRST_ROW, "0")
                .header(LinkApi.HEADER_SIZE, size)
                .header(
                        LinkApi.HEADER_SHA256,
                        HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(body)))
                .header(
                        LinkApi.HEADER_CREATED_AT,
                        Instant.ofEpochMilli(query.getMostSignificantBits() >>> 16)
                                .toString())
                .header("Content-Type", "application/zstd")
                .PUT(BodyPublishers.ofByteArray(body))
                .build();
        return HTTP.send(request, BodyHandlers.discarding()).statusCode();
    }
}
