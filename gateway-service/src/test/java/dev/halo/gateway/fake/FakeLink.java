package dev.halo.gateway.fake;

import com.github.luben.zstd.Zstd;
import dev.halo.protocol.header.MessageHeaders;
import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.Produced;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryRequest;
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
import java.util.concurrent.CompletableFuture;

/** What a Link does with an async query: reports, and pages of one row after the other. */
public final class FakeLink {

    private final URI base;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** @param base of the gateway */
    public FakeLink(URI base) {
        this.base = base;
    }

    /** A query at a Link. */
    public record Held(QueryRequest query, MessageHeaders headers, FakeBridge bridge) {

        public Held queued() {
            return report(MessageType.QUEUED, null);
        }

        public Held executing() {
            return report(MessageType.EXECUTING, null);
        }

        public Held uploading(List<String> pages) {
            return report(
                    MessageType.UPLOADING,
                    Json.bytes(new Produced(rows(pages), size(pages), pages.size(), Behaviours.TIMING)));
        }

        public Held report(MessageType type, byte[] value) {
            bridge.report(query, headers.linkId(), headers.sessionId(), type, value);
            return this;
        }

        public void ended(Outcome outcome) {
            bridge.answer(query, headers.linkId(), headers.sessionId(), outcome, "");
        }

        public void failed(QueryFailure failure) {
            ended(new Outcome.Failed(failure, Behaviours.TIMING));
        }
    }

    /** Does all of a query with these pages. */
    public FakeBridge.Behaviour runs(String... pages) {
        return runs(List.of(), pages);
    }

    /** As {@link #runs(String...)}, with output values. */
    public FakeBridge.Behaviour runs(List<Parameter> values, String... pages) {
        List<String> all = List.of(pages);
        return (query, headers, bridge) -> CompletableFuture.runAsync(() -> {
            Held held = new Held(query, headers, bridge).queued().executing();
            put(held, all);
            held.uploading(all).ended(outcome(all, values));
        });
    }

    /** Uploads all pages of a query. */
    public void put(Held held, List<String> pages) {
        long first = 0;
        for (int i = 0; i < pages.size(); i++) {
            int status = put(held.headers().linkId(), held.query(), i + 1, first, pages.get(i));
            if (status != 204) {
                throw new IllegalStateException("page " + (i + 1) + ": " + status);
            }
            first += rows(List.of(pages.get(i)));
        }
    }

    /** Uploads a page; the status of the answer. */
    public int put(UUID linkId, QueryRequest query, int number, long firstRow, String json) {
        byte[] body = Zstd.compress(json.getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(base.resolve(LinkApi.pagePath(query.queryId(), number)))
                .header("Authorization", "Bearer " + Fakes.shared().linkTokens().sign(linkId, Instant.now()))
                .header(LinkApi.HEADER_ROWS, Long.toString(rows(List.of(json))))
                .header(LinkApi.HEADER_FIRST_ROW, Long.toString(firstRow))
                .header(LinkApi.HEADER_SIZE, Long.toString(size(List.of(json))))
                .header(LinkApi.HEADER_SHA256, sha256(body))
                .header(LinkApi.HEADER_CREATED_AT, query.createdAt().toString())
                .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public static Outcome.Rows outcome(List<String> pages, List<Parameter> values) {
        return new Outcome.Rows(
                rows(pages), size(pages), Outcome.Storage.STORED, values, Behaviours.TIMING, pages.size());
    }

    /** A page of rows with ascending numbers. */
    public static String page(int from, int count) {
        StringBuilder rows = new StringBuilder("[");
        for (int i = from; i < from + count; i++) {
            rows.append(i == from ? "" : ",")
                    .append("{\"ID\":")
                    .append(i)
                    .append(",\"NOTE\":\"a \\\"b\\\" ] , { ü ")
                    .append(i)
                    .append("\"}");
        }
        return rows.append(']').toString();
    }

    private static long rows(List<String> pages) {
        return pages.stream()
                .mapToLong(page -> page.split("\"ID\":", -1).length - 1)
                .sum();
    }

    private static long size(List<String> pages) {
        return pages.stream()
                .mapToLong(page -> page.getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    private static String sha256(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
