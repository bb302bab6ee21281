package dev.halo.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the demo needs of the registry's admin API. */
final class AdminApi {

    private final HttpJson http;

    AdminApi(URI registry, String operatorToken) {
        this.http = new HttpJson(registry, Map.of("Authorization", "Bearer " + operatorToken), Duration.ofSeconds(60));
    }

    /** Id of the integrator of that name, which is created if there is none. */
    String integrator(String name) {
        String query = URLEncoder.encode(name, StandardCharsets.UTF_8);
        JsonNode found = checked("look up an integrator", http.get("/admin/v1/integrators?name=" + query))
                .path("integrators");
        if (!found.isEmpty()) {
            return found.get(0).path("integratorId").asText();
        }
        ObjectNode body = HttpJson.MAPPER.createObjectNode().put("name", name);
        return checked("create an integrator", http.post("/admin/v1/integrators", body))
                .path("integratorId")
                .asText();
    }

    /** A new key in a slot; one that was there is revoked. */
    String issueKey(String integratorId, String slot) {
        String keys = "/admin/v1/integrators/" + integratorId + "/keys";
        HttpJson.Answer answer =
                http.post(keys, HttpJson.MAPPER.createObjectNode().put("slot", slot));
        if (answer.status() == 409) {
            answer = http.post(keys + "/" + slot + "/rotate", null);
        }
        return checked("issue a key", answer).path("key").asText();
    }

    /** A one-time enrolment token. With no ids it is for any. */
    String enrolmentToken(List<String> pmsIds) {
        ObjectNode body = HttpJson.MAPPER.createObjectNode().put("comment", "local suite");
        if (pmsIds.isEmpty()) {
            body.put("any", true);
        } else {
            ArrayNode ids = body.putArray("pmsIds");
            pmsIds.forEach(ids::add);
        }
        return checked("issue an enrolment token", http.post("/admin/v1/enrolment-tokens", body))
                .path("enrolmentToken")
                .asText();
    }

    /** Any other GET, empty where there is no such thing. */
    Optional<JsonNode> get(String path) {
        HttpJson.Answer answer = http.get(path);
        return answer.status() == 404 ? Optional.empty() : Optional.of(checked("read " + path, answer));
    }

    private static JsonNode checked(String what, HttpJson.Answer answer) {
        if (!answer.successful()) {
            throw new SuiteException("The registry refused to " + what + ", " + answer.problem());
        }
        return answer.body();
    }
}
