package dev.halo.systemtests.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.awaitility.Awaitility;

/**
 * An integrator's client: it knows the gateway's address and a subscription key, nothing else. Every answer is checked
 * against the API's structure file before a test sees it.
 */
public final class IntegratorClient {

    /** The header of the subscription key. */
    public static final String KEY_HEADER = "Ocp-Apim-Subscription-Key";

    // Longer than the gateway's own limit of an immediate query (60 s + 60 s + 5 s), so that the gateway always
    // answers.
    private static final Duration TIMEOUT = Duration.ofSeconds(140);
    private static final Set<String> UNFINISHED = Set.of("initialising", "queued", "executing", "uploading");
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final URI gateway;
    private final String key;

    /** @param key null to send none */
    public IntegratorClient(URI gateway, String key) {
        this.gateway = gateway;
        this.key = key;
    }

    /** Get sites of Zedmed. */
    public Answer sites(String pmsId) {
        return sites(pmsId, "Zedmed");
    }

    public Answer sites(String pmsId, String pmsName) {
        return get("/integrator/sites?" + practice(pmsId, pmsName));
    }

    public Answer site(Object siteId) {
        return get("/integrator/sites/" + siteId);
    }

    public Answer pairSite(String pmsId) {
        return send("POST", "/integrator/pair-site?" + practice(pmsId, "Zedmed"), null, null);
    }

    /** The deprecated spelling of pair-site. */
    public Answer pairSiteAlias(String pmsId) {
        return send("POST", "/integrator/pairSite?" + practice(pmsId, "Zedmed"), null, null);
    }

    public Answer immediate(Object siteId, QueryBody body) {
        return immediate(siteId, body.toString());
    }

    /** With a body as given, which need not be JSON. */
    public Answer immediate(Object siteId, String body) {
        return send("POST", immediatePath(siteId), "application/json", body);
    }

    /** The same without waiting for the answer. */
    public PendingAnswer start(Object siteId, QueryBody body) {
        HttpRequest request = request("POST", immediatePath(siteId), "application/json", body.toString());
        return new PendingAnswer(HTTP.sendAsync(request, BodyHandlers.ofByteArray()), r -> checked(request, r));
    }

    /** Has a query run on its own. */
    public Answer async(Object siteId, QueryBody body) {
        return async(siteId, body.toString());
    }

    /** With a body as given, which need not be JSON. */
    public Answer async(Object siteId, String body, String... headers) {
        return send("POST", "/integrator/sites/" + siteId + "/queries/async", "application/json", body, headers);
    }

    /** Asks until an async query has ended. */
    public Answer awaitEnded(Object siteId, Object queryId) {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> get("/integrator/sites/" + siteId + "/queries/" + queryId + "?waitMs=5000"),
                        answer -> !UNFINISHED.contains(
                                answer.json().path("status").asText()));
    }

    /** A page of a result. */
    public Answer page(Object siteId, Object queryId, Object page) {
        return get("/integrator/sites/" + siteId + "/queries/" + queryId + "/results/" + page);
    }

    /**
     * A page as it is streamed.
     *
     * @param headers names and values in turn
     */
    public HttpResponse<byte[]> stream(Object siteId, Object queryId, Object page, String... headers) {
        HttpRequest request = request(
                "GET",
                "/integrator/sites/" + siteId + "/queries/" + queryId + "/results/" + page + "/stream",
                null,
                null,
                headers);
        HttpResponse<byte[]> response = exchange(request);
        ContractCheck.check(request.method(), request.uri().getRawPath(), response);
        return response;
    }

    /** Cancels a query and removes its pages. */
    public Answer delete(Object siteId, Object queryId) {
        return send("DELETE", "/integrator/sites/" + siteId + "/queries/" + queryId, null, null);
    }

    /** The status of many queries. */
    public Answer statuses(Object siteId, String body) {
        return send("POST", "/integrator/sites/" + siteId + "/queries/status", "application/json", body);
    }

    /** Registers a query, with a body as given. */
    public Answer register(Object siteId, String body, String... headers) {
        return send("POST", registeredPath(siteId), "application/json", body, headers);
    }

    public static String registeredPath(Object siteId) {
        return "/integrator/sites/" + siteId + "/queries/registered";
    }

    /** The status of one query. */
    public Answer query(Object siteId, Object queryId) {
        return get("/integrator/sites/" + siteId + "/queries/" + queryId);
    }

    public Answer get(String path) {
        return send("GET", path, null, null);
    }

    /**
     * Any request.
     *
     * @param contentType null for none
     * @param body null for none
     * @param headers names and values in turn
     */
    public Answer send(String method, String path, String contentType, String body, String... headers) {
        HttpRequest request = request(method, path, contentType, body, headers);
        return checked(request, exchange(request));
    }

    /** Any request without a body; the answer is not looked at. */
    public HttpResponse<byte[]> raw(String method, String path, String... headers) {
        return exchange(request(method, path, null, null, headers));
    }

    private static HttpResponse<byte[]> exchange(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public static String immediatePath(Object siteId) {
        return "/integrator/sites/" + siteId + "/queries/immediate";
    }

    private static String practice(String pmsId, String pmsName) {
        return "practiceManagementSiteId=" + encode(pmsId) + "&practiceManagementName=" + encode(pmsName);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private HttpRequest request(String method, String path, String contentType, String body, String... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(gateway.resolve(path))
                .timeout(TIMEOUT)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (key != null) {
            builder.header(KEY_HEADER, key);
        }
        if (contentType != null) {
            builder.header("Content-Type", contentType);
        }
        if (headers.length > 0) {
            builder.headers(headers);
        }
        return builder.build();
    }

    private static Answer checked(HttpRequest request, HttpResponse<byte[]> response) {
        ContractCheck.check(request.method(), request.uri().getRawPath(), response);
        return Answer.of(response.statusCode(), response.headers(), response.body());
    }

    /** An id that no site and no query has. */
    public static UUID unknownId() {
        return UUID.randomUUID();
    }
}
