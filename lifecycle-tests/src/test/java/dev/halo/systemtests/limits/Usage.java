package dev.halo.systemtests.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.halo.systemtests.client.IntegratorClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** What an integrator is told of its use of the day. */
record Usage(JsonNode json) {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Asked for until the rate allows it. */
    static Usage of(IntegratorClient client) {
        AtomicReference<HttpResponse<byte[]>> last = new AtomicReference<>();
        await().atMost(SOON).pollDelay(Duration.ZERO).until(() -> {
            last.set(client.raw("GET", "/integrator/usage"));
            return last.get().statusCode() != 429;
        });
        assertThat(last.get().statusCode()).isEqualTo(200);
        try {
            return new Usage(MAPPER.readTree(last.get().body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String day() {
        return json.path("day").asText();
    }

    /** Of one practice; missing where nothing was used there. */
    JsonNode at(String pmsId) {
        for (JsonNode practice : json.path("practices")) {
            if (practice.path("practiceManagementSiteId").asText().equals(pmsId)) {
                return practice;
            }
        }
        return MAPPER.missingNode();
    }
}
