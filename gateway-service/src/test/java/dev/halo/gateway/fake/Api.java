package dev.halo.gateway.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halo.test.contract.ContractValidator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;

/** An integrator's client; every answer that it gets is held against the API's structure. */
public final class Api {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final URI base;
    private final String key;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** @param key null: none is sent */
    public Api(URI base, String key) {
        this.base = base;
        this.key = key;
    }

    /** An answer with its parsed body. */
    public record Answer(int status, HttpResponse<String> response, JsonNode json) {

        public String message() {
            return json.path("error").path("message").asText();
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        /** The rows of a successful immediate. */
        public String rows() {
            return new String(
                    Base64.getDecoder().decode(json.path("result").path("data").asText()), StandardCharsets.UTF_8);
        }
    }

    /** Waits until the gateway knows that the site's Link has a session. */
    public void awaitOnline(FakeCloud.Site site) {
        Awaitility.await().until(() -> get("/integrator/sites/" + site.id())
                .json()
                .path("availability")
                .asText()
                .equals("online"));
    }

    public Answer get(String path) {
        return send(request(path).GET());
    }

    public Answer post(String path) {
        return send(request(path).POST(HttpRequest.BodyPublishers.noBody()));
    }

    public Answer post(String path, String json) {
        return send(posting(path, json));
    }

    public Answer immediate(FakeCloud.Site site, String json) {
        return post(immediatePath(site), json);
    }

    public CompletableFuture<Answer> immediateAsync(FakeCloud.Site site, String json) {
        HttpRequest request = posting(immediatePath(site), json).build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> checked(request, response));
    }

    public Answer async(FakeCloud.Site site, String json) {
        return post(asyncPath(site), json);
    }

    /** Posts an async query that must be taken; its id. */
    public UUID start(FakeCloud.Site site, String json) {
        Answer answer = async(site, json);
        if (answer.status() != 201) {
            throw new AssertionError(answer.status() + " " + answer.response().body());
        }
        return UUID.fromString(answer.json().path("id").asText());
    }

    public Answer query(FakeCloud.Site site, UUID id) {
        return get(queryPath(site, id));
    }

    /** Waits until a query has a status; its object. */
    public JsonNode await(FakeCloud.Site site, UUID id, String status) {
        Answer[] last = new Answer[1];
        Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .failFast(() -> last[0] != null
                        && last[0].json().has("completedAt")
                        && !last[0].json().path("status").asText().equals(status))
                .until(() -> {
                    last[0] = query(site, id);
                    return last[0].json().path("status").asText().equals(status);
                });
        return last[0].json();
    }

    /** DELETE is not in the API's structure, and its answer has no body. */
    public Answer delete(String path) {
        return send(request(path).DELETE(), false);
    }

    /** An answer with its bytes as they came. */
    public HttpResponse<byte[]> bytes(String path, String... headers) {
        try {
            HttpRequest.Builder request = request(path).GET();
            if (headers.length > 0) {
                request.headers(headers);
            }
            return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public static String asyncPath(FakeCloud.Site site) {
        return "/integrator/sites/" + site.id() + "/queries/async";
    }

    public static String queryPath(FakeCloud.Site site, UUID id) {
        return "/integrator/sites/" + site.id() + "/queries/" + id;
    }

    public static String immediatePath(FakeCloud.Site site) {
        return "/integrator/sites/" + site.id() + "/queries/immediate";
    }

    public HttpRequest.Builder posting(String path, String json) {
        return request(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json));
    }

    public HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(30));
        return key == null ? request : request.header("Ocp-Apim-Subscription-Key", key);
    }

    public Answer send(HttpRequest.Builder builder) {
        return send(builder, true);
    }

    /** @param isApi false for paths that the integrator API knows nothing of */
    public Answer send(HttpRequest.Builder builder, boolean isApi) {
        try {
            HttpRequest request = builder.build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return isApi ? checked(request, response) : parsed(response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** An operator's request: it is not in the integrator API. */
    public Answer admin(String path, String role) {
        return send(request(path).header("Authorization", "Bearer " + Tokens.operator(role)), false);
    }

    public HttpClient http() {
        return http;
    }

    private static Answer checked(HttpRequest request, HttpResponse<String> response) {
        ContractValidator.assertConforms(
                request.method(),
                request.uri().getPath(),
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(null),
                response.body());
        return parsed(response);
    }

    private static Answer parsed(HttpResponse<String> response) {
        try {
            JsonNode json = response.body().isEmpty() ? MAPPER.nullNode() : MAPPER.readTree(response.body());
            return new Answer(response.statusCode(), response, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
