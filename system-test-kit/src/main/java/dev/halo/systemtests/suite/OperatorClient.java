package dev.halo.systemtests.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** The registry's admin API with the operator's token of the demo. */
public final class OperatorClient {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Demo demo;

    public OperatorClient(Demo demo) {
        this.demo = demo;
    }

    /** A new integrator's id. */
    public String createIntegrator(String name) {
        return post("/admin/v1/integrators", "{\"name\":\"" + name + "\"}")
                .path("integratorId")
                .asText();
    }

    /** A new integrator's id, of a tier; with allowed addresses, in JSON, if there are any. */
    public String createIntegrator(String name, String tier, String allowedAddresses) {
        String body = "{\"name\":\"%s\",\"tier\":%s,\"allowedAddresses\":%s}"
                .formatted(name, tier == null ? null : "\"" + tier + "\"", allowedAddresses);
        return post("/admin/v1/integrators", body).path("integratorId").asText();
    }

    /** A new key, in a slot that has none. */
    public String issueKey(String integratorId, String slot) {
        return post("/admin/v1/integrators/" + integratorId + "/keys", "{\"slot\":\"" + slot + "\"}")
                .path("key")
                .asText();
    }

    /** Ends the key of a slot. */
    public void revokeKey(String integratorId, String slot) {
        HttpResponse<String> response =
                send(authorised(demo.registry(), "/admin/v1/integrators/" + integratorId + "/keys/" + slot)
                        .DELETE()
                        .build());
        if (response.statusCode() / 100 != 2) {
            throw new AssertionError("revoking answered " + response.statusCode() + " " + response.body());
        }
    }

    /** Sets where an integrator is told of what has ended; returns the secret that signs it. */
    public String setWebhooks(String integratorId, String url) {
        return setWebhooks(integratorId, MAPPER.createObjectNode().put("url", url));
    }

    /** As {@link #setWebhooks(String, String)}, with an address of its own for each source of webhooks. */
    public String setWebhooks(String integratorId, String url, String asyncUrl, String registeredUrl) {
        return setWebhooks(
                integratorId,
                MAPPER.createObjectNode()
                        .put("url", url)
                        .put("asyncUrl", asyncUrl)
                        .put("registeredUrl", registeredUrl));
    }

    /** What setting the address is answered with. */
    public int statusOfWebhooks(String integratorId, String url) {
        return send(authorised(demo.registry(), webhooksOf(integratorId))
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString(
                                MAPPER.createObjectNode().put("url", url).toString()))
                        .build())
                .statusCode();
    }

    private String setWebhooks(String integratorId, JsonNode settings) {
        send(authorised(demo.registry(), webhooksOf(integratorId)).DELETE().build());
        JsonNode set = ok(authorised(demo.registry(), webhooksOf(integratorId))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(settings.toString())));
        return set.path("secret").asText();
    }

    /** Tells an integrator no more. */
    public void removeWebhooks(String integratorId) {
        send(authorised(demo.registry(), webhooksOf(integratorId)).DELETE().build());
    }

    /** What could not be told an integrator. */
    public JsonNode undelivered(String integratorId) {
        return ok(authorised(demo.gateway(), "/admin/v1/webhooks?integratorId=" + integratorId))
                .path("webhooks");
    }

    /** Has something undelivered sent again. */
    public void resend(String webhookId) {
        ok(authorised(demo.gateway(), "/admin/v1/webhooks/" + webhookId + "/resend")
                .POST(BodyPublishers.noBody()));
    }

    /** Any GET of the registry's admin API; the path is below {@code /admin/v1}. */
    public JsonNode read(String path) {
        return ok(authorised(demo.registry(), "/admin/v1" + path));
    }

    /** The same of the gateways' admin API. */
    public JsonNode readGateway(String path) {
        return ok(authorised(demo.gateway(), "/admin/v1" + path));
    }

    /** Any POST of it that is answered with 2xx. */
    public JsonNode change(String path, String body) {
        return ok(authorised(demo.registry(), "/admin/v1" + path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    /** Any PUT of it that is answered with 2xx. */
    public JsonNode replace(String path, String body) {
        return ok(authorised(demo.registry(), "/admin/v1" + path)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body)));
    }

    /** The status of any POST of it. */
    public int statusOfChange(String path, String body) {
        return send(authorised(demo.registry(), "/admin/v1" + path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build())
                .statusCode();
    }

    private static String webhooksOf(String integratorId) {
        return "/admin/v1/integrators/" + integratorId + "/webhooks";
    }

    private static JsonNode ok(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        HttpResponse<String> response = send(request);
        if (response.statusCode() / 100 != 2) {
            throw new AssertionError(request.method() + " " + request.uri().getPath() + " answered "
                    + response.statusCode() + " " + response.body());
        }
        try {
            return MAPPER.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The status of a request without a valid token. */
    public int statusWithToken(String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(demo.registry().resolve("/admin/v1/integrators"));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return send(request.build()).statusCode();
    }

    private JsonNode post(String path, String body) {
        HttpResponse<String> response = send(authorised(demo.registry(), path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build());
        if (response.statusCode() != 201) {
            throw new AssertionError("POST " + path + " answered " + response.statusCode() + " " + response.body());
        }
        try {
            return MAPPER.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpRequest.Builder authorised(URI service, String path) {
        return HttpRequest.newBuilder(service.resolve(path))
                .header("Authorization", "Bearer " + demo.value("HALO_OPERATOR_TOKEN"));
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
