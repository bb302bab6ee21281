package dev.halo.systemtests.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halo.systemtests.suite.Demo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Gets tokens from the suite's Keycloak, and sees what they are good for. */
final class IssuerClient {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Demo demo;

    IssuerClient(Demo demo) {
        this.demo = demo;
    }

    /** A token of one of the demo's people, whose names are their roles. */
    String ofPerson(String name) {
        return token(
                demo.value("HALO_OIDC_CLIENT_ID"),
                demo.value("HALO_OIDC_CLIENT_SECRET"),
                "grant_type=password&username=" + name + "&password=" + demo.value("HALO_OIDC_PASSWORD"));
    }

    /** A client's own token. */
    String ofClient(String clientId, String secret) {
        return token(clientId, secret, "grant_type=client_credentials");
    }

    private String token(String clientId, String secret, String grant) {
        String credentials = clientId + ":" + secret;
        HttpRequest request = HttpRequest.newBuilder(URI.create(demo.value("HALO_OIDC_TOKEN_URL")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes()))
                .POST(BodyPublishers.ofString(grant))
                .build();
        HttpResponse<String> response = send(request);
        if (response.statusCode() != 200) {
            throw new AssertionError("no token: " + response.statusCode() + " " + response.body());
        }
        return json(response.body()).path("access_token").asText();
    }

    /** Makes a client for operators' APIs whose tokens live that long, in seconds; it has no role. */
    void createClient(String clientId, String secret, int lifespan) {
        String client = """
                {"clientId":"%s","secret":"%s","serviceAccountsEnabled":true,"standardFlowEnabled":false,
                 "attributes":{"access.token.lifespan":"%d"},
                 "protocolMappers":[{"name":"audience","protocol":"openid-connect",
                   "protocolMapper":"oidc-audience-mapper",
                   "config":{"included.client.audience":"halo-registry","access.token.claim":"true"}}]}
                """.formatted(clientId, secret, lifespan);
        String manager = ofClient(demo.value("HALO_OIDC_CLIENT_ID"), demo.value("HALO_OIDC_CLIENT_SECRET"));
        URI clients = URI.create(demo.value("HALO_OIDC_ISSUER").replace("/realms/", "/admin/realms/") + "/clients");
        HttpResponse<String> response = send(with(manager, clients)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(client))
                .build());
        if (response.statusCode() != 201) {
            throw new AssertionError("no client: " + response.statusCode() + " " + response.body());
        }
    }

    /** The claims of a token. */
    JsonNode claims(String token) {
        return json(new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8));
    }

    /** The status of a GET with a token. */
    int get(URI service, String path, String token) {
        return send(with(token, service.resolve(path)).build()).statusCode();
    }

    /** The status of a POST of JSON with a token. */
    int post(URI service, String path, String token, String body) {
        return send(with(token, service.resolve(path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build())
                .statusCode();
    }

    private static HttpRequest.Builder with(String token, URI address) {
        return HttpRequest.newBuilder(address).header("Authorization", "Bearer " + token);
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
