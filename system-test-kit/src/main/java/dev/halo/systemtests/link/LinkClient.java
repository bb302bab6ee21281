package dev.halo.systemtests.link;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.link.LinkMessages.Announcement;
import dev.halo.protocol.link.LinkMessages.EnrolRequest;
import dev.halo.protocol.link.LinkMessages.TokenRequest;
import dev.halo.protocol.site.Environment;
import dev.halo.systemtests.suite.Demo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;

/** The agents' HTTP API of the running suite, with whatever token a test has. */
public final class LinkClient {

    /** What Links made by tests say of themselves. */
    public static final String VERSION = "1.0-scripted";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int ZSTD_MAGIC = 0xFD2FB528;

    private final Demo demo;

    public LinkClient(Demo demo) {
        this.demo = demo;
    }

    /**
     * What was answered.
     *
     * @param json the body; missing where it is none
     */
    public record Reply(int status, JsonNode json) {
        /** Of an error. */
        public String message() {
            return json.path("error").path("message").asText();
        }
    }

    /** Uses an enrolment token. */
    public Reply enrol(String enrolmentToken, Environment environment) {
        EnrolRequest request = new EnrolRequest(enrolmentToken, environment, VERSION, "scripted");
        return send(demo.registry(), "POST", LinkApi.ENROL, null, Json.bytes(request));
    }

    /** Asks for the next token. */
    public Reply renew(UUID linkId, String secret, Environment environment) {
        byte[] request = Json.bytes(new TokenRequest(linkId, secret, environment));
        return send(demo.registry(), "POST", LinkApi.TOKEN, null, request);
    }

    /** Announces all sites of a Link. */
    public Reply announce(String token, Announcement announcement) {
        return send(demo.registry(), "PUT", LinkApi.SITES, token, Json.bytes(announcement));
    }

    /** Asks the bridge for a session without speaking WebSocket: 426 where the token is good. */
    public Reply session(String token) {
        return send(demo.routing(), "GET", LinkApi.SESSION, token, null);
    }

    /** Stores the first page of a query's result. */
    public Reply upload(String token, UUID queryId, Instant queryCreatedAt, String rows, int count) {
        byte[] json = rows.getBytes(StandardCharsets.UTF_8);
        byte[] body = zstd(json);
        HttpRequest.Builder request = HttpRequest.newBuilder(demo.gateway().resolve(LinkApi.pagePath(queryId, 1)))
                .header("Authorization", "Bearer " + token)
                .header(LinkApi.HEADER_ROWS, Integer.toString(count))
                .header(LinkApi.HEADER_FIRST_ROW, "0")
                .header(LinkApi.HEADER_SIZE, Integer.toString(json.length))
                .header(LinkApi.HEADER_SHA256, sha256(body))
                .header(LinkApi.HEADER_CREATED_AT, queryCreatedAt.toString())
                .PUT(BodyPublishers.ofByteArray(body));
        return exchange(request.build());
    }

    private static Reply send(URI service, String method, String path, String token, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(service.resolve(path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return exchange(request.build());
    }

    private static Reply exchange(HttpRequest request) {
        try {
            HttpResponse<byte[]> response = HTTP.send(request, BodyHandlers.ofByteArray());
            boolean isJson =
                    response.headers().firstValue("Content-Type").orElse("").startsWith("application/json");
            return new Reply(
                    response.statusCode(), isJson ? MAPPER.readTree(response.body()) : MissingNode.getInstance());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A frame of one block that is not compressed, of less than 128 KiB: RFC 8878, 3.1.1. */
    private static byte[] zstd(byte[] content) {
        int lastRawBlock = 1 | content.length << 3;
        return ByteBuffer.allocate(12 + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(ZSTD_MAGIC)
                .put((byte) 0xA0)
                .putInt(content.length)
                .put((byte) lastRawBlock)
                .put((byte) (lastRawBlock >> 8))
                .put((byte) (lastRawBlock >> 16))
                .put(content)
                .array();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
