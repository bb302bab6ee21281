package dev.halo.systemtests.site;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API's description, which the gateway makes from its code. */
@SystemTest
class OpenApiIT {

    private final JsonNode document;

    OpenApiIT(SuiteUnderTest suite) {
        this.document = suite.client(null).get("/q/openapi?format=json").json();
    }

    @ParameterizedTest
    @CsvSource({
        "get, /integrator/sites",
        "get, /integrator/sites/{siteId}",
        "post, /integrator/pair-site",
        "post, /integrator/pairSite",
        "post, /integrator/sites/{siteId}/queries/immediate",
        "get, /integrator/sites/{siteId}/queries/{queryId}"
    })
    void describesEachOperationWithItsAnswers(String method, String path) {
        // When
        JsonNode operation = document.path("paths").path(path).path(method);

        // Then
        assertThat(operation.isObject()).isTrue();
        assertThat(operation.path("summary").asText()
                        + operation.path("description").asText())
                .isNotBlank();
        assertThat(operation.path("responses").has("200")).isTrue();
    }

    @Test
    void namesTheKeysHeader() {
        // When
        JsonNode schemes = document.path("components").path("securitySchemes");

        // Then
        assertThat(schemes.findValuesAsText("name")).contains(IntegratorClient.KEY_HEADER);
    }

    @Test
    void doesNotShowWhatIsForLinks() {
        // When
        Iterable<String> paths = () -> document.path("paths").fieldNames();

        // Then
        assertThat(paths).isNotEmpty().allSatisfy(path -> assertThat(path).startsWith("/integrator/"));
    }
}
