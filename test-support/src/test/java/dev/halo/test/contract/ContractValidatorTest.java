package dev.halo.test.contract;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ContractValidatorTest {

    private static final String SITE = "/integrator/sites/123e4567-e89b-12d3-a456-426614174000";
    private static final String IDS =
            "\"id\":\"123e4567-e89b-12d3-a456-426614174000\",\"integratorId\":\"123e4567-e89b-12d3-a456-426614174000\","
                    + "\"siteId\":\"123e4567-e89b-12d3-a456-426614174000\",\"mode\":\"immediate\",\"maxTimeInQueue\":30000,"
                    + "\"commandSize\":1,\"requestSize\":2,\"createdAt\":\"2026-01-01T00:00:00.000Z\","
                    + "\"updatedAt\":\"2026-01-01T00:00:00.000Z\",";

    @Test
    void acceptsACompleteEnvelope() {
        assertThatCode(() -> conforms("GET", SITE, 404, envelope(404))).doesNotThrowAnyException();
        assertThatCode(() -> conforms("GET", "/nowhere", 404, envelope(404))).doesNotThrowAnyException();
    }

    @Test
    void refusesAnEnvelopeWithAnotherStatus() {
        assertThatThrownBy(() -> conforms("GET", SITE, 404, envelope(403))).isInstanceOf(AssertionError.class);
    }

    @Test
    void refusesAnErrorWithoutEnvelope() {
        assertThatThrownBy(() -> conforms("GET", SITE, 404, "{\"message\":\"no\"}"))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void acceptsASuccessfulImmediate() {
        String body = "{" + IDS
                + "\"status\":\"successful\",\"statusTiming\":{\"initialising\":{\"startTime\":\"2026-01-01T00:00:00.000Z\"},"
                + "\"executing\":{\"startTime\":\"2026-01-01T00:00:00.000Z\"}},\"metrics\":{\"sqlExecutionDuration\":1},"
                + "\"result\":{\"rows\":0,\"size\":2,\"data\":\"W10=\"},\"resultSize\":2,"
                + "\"completedAt\":\"2026-01-01T00:00:00.000Z\"}";
        assertThatCode(() -> conforms("POST", SITE + "/queries/immediate", 200, body))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesAnImmediateWithoutResult() {
        String body = "{" + IDS + "\"status\":\"successful\"}";
        assertThatThrownBy(() -> conforms("POST", SITE + "/queries/immediate", 200, body))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("result");
    }

    @Test
    void refusesAFailedImmediateWithoutDetails() {
        String body = "{" + IDS + "\"status\":\"executionFailed\"}";
        assertThatThrownBy(() -> conforms("POST", SITE + "/queries/immediate", 400, body))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("errorDetails");
    }

    @Test
    void refusesTimesWithoutMilliseconds() {
        assertThatThrownBy(() -> conforms("GET", SITE, 200, "{\"createdAt\":\"2026-01-01T00:00:00Z\"}"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("milliseconds");
    }

    @Test
    void acceptsAnAsyncQueryInEachOfItsStates() {
        String body = "{" + IDS.replace("immediate", "async")
                + "\"status\":\"initialising\",\"statusTiming\":{\"initialising\":{\"startTime\":\"2026-01-01T00:00:00.000Z\"}}}";
        assertThatCode(() -> conforms("POST", SITE + "/queries/async", 201, body))
                .doesNotThrowAnyException();
    }

    private static void conforms(String method, String path, int status, String body) {
        ContractValidator.assertConforms(method, path, status, "application/json", body);
    }

    private static String envelope(int status) {
        return "{\"error\":{\"status\":" + status + ",\"statusText\":\"Text\",\"message\":\"Words.\"}}";
    }
}
