package dev.halo.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** What the demo and {@code ./halo query} need of the integrators' API. */
final class IntegratorApi {

    static final String KEY_HEADER = "Ocp-Apim-Subscription-Key";

    private final HttpJson http;

    IntegratorApi(URI gateway, String subscriptionKey) {
        // An immediate may take 30 s in the queue and 60 s to run.
        this.http = new HttpJson(gateway, Map.of(KEY_HEADER, subscriptionKey), Duration.ofSeconds(140));
    }

    /** The first site of a Zedmed Database ID, which is the authoritative one if there is one. */
    Optional<JsonNode> site(String databaseId) {
        HttpJson.Answer answer = http.get("/integrator/sites?" + exchange(databaseId));
        if (!answer.successful()) {
            throw new SuiteException("The gateway refused Get sites, " + answer.problem());
        }
        JsonNode sites = answer.body().path("sites");
        return sites.isEmpty() ? Optional.empty() : Optional.of(sites.get(0));
    }

    HttpJson.Answer pair(String databaseId) {
        return http.post("/integrator/pair-site?" + exchange(databaseId), null);
    }

    private static String exchange(String databaseId) {
        return "practiceManagementSiteId=" + URLEncoder.encode(databaseId, StandardCharsets.UTF_8)
                + "&practiceManagementName=Zedmed";
    }

    /** @param catalogue null for the default */
    HttpJson.Answer immediate(String siteId, String catalogue, String sql) {
        ObjectNode body = HttpJson.MAPPER.createObjectNode();
        if (catalogue != null) {
            body.put("catalogue", catalogue);
        }
        ObjectNode command = body.putObject("command");
        command.put("text", sql).put("executionMode", "reader").put("type", "text");
        return http.post("/integrator/sites/" + siteId + "/queries/immediate", body);
    }

    /** The rows of a successful immediate. */
    static JsonNode rows(HttpJson.Answer answer) {
        try {
            byte[] json = Base64.getDecoder()
                    .decode(answer.body().path("result").path("data").asText());
            return HttpJson.MAPPER.readTree(json);
        } catch (IOException | IllegalArgumentException e) {
            throw new SuiteException("The answer's data is not base64 of JSON: " + e.getMessage(), e);
        }
    }
}
