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
import java.util.UUID;

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
     */
    public Answer send(String method, String path, String contentType, String body) {
        HttpRequest request = request(method, path, contentType, body);
        try {
            return checked(request, HTTP.send(request, BodyHandlers.ofByteArray()));
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

    private HttpRequest request(String method, String path, String contentType, String body) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(gateway.resolve(path))
                .timeout(TIMEOUT)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (key != null) {
            builder.header(KEY_HEADER, key);
        }
        if (contentType != null) {
            builder.header("Content-Type", contentType);
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
