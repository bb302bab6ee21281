package dev.halo.systemtests.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.client.IntegratorClient;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are wrong in themselves: the answer names the field and the bound, and nothing runs. */
@SystemTest
class BadInputIT {

    private static final String FINE = "{\"command\":{\"text\":\"select 1 as ONE from RDB$DATABASE\"}}";

    private final Demo demo;
    private final IntegratorClient integrator;

    BadInputIT(SuiteUnderTest suite) {
        this.demo = suite.demo();
        this.integrator = suite.integratorA();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "\"text\"",
                "17",
                "{",
                "{\"command\":{\"text\":\"select 1\"}",
                "not json",
                "{\"command\":{\"text\":\"select 1 from RDB$DATABASE\"}} trailing"
            })
    void aBodyThatIsNoJsonObjectIsRefused(String body) {
        // When
        Answer answer = integrator.immediate(demo.siteId(), body);

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.json().path("error").path("status").asInt()).isEqualTo(400);
        assertThat(answer.json().path("error").path("statusText").asText()).isEqualTo("Bad Request");
        assertThat(answer.message()).isNotBlank().doesNotContain("Exception").doesNotContain("jackson");
    }

    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | command",
                "{\"command\":null} | command",
                "{\"command\":\"select 1\"} | command",
                "{\"command\":[]} | command",
                "{\"command\":{}} | command.text",
                "{\"command\":{\"text\":null}} | command.text",
                "{\"command\":{\"text\":\"\"}} | command.text",
                "{\"command\":{\"text\":\"   \"}} | command.text",
                "{\"command\":{\"text\":7}} | command.text",
                "{\"command\":{\"text\":{\"sql\":1}}} | command.text",
                "{\"command\":{\"text\":\"x\",\"executionMode\":\"writer\"}} | command.executionMode",
                "{\"command\":{\"text\":\"x\",\"executionMode\":\"READER\"}} | command.executionMode",
                "{\"command\":{\"text\":\"x\",\"executionMode\":1}} | command.executionMode",
                "{\"command\":{\"text\":\"x\",\"type\":\"sql\"}} | command.type",
                "{\"command\":{\"text\":\"x\",\"parameters\":{}}} | command.parameters",
                "{\"command\":{\"text\":\"x\",\"parameters\":[null]}} | command.parameters[0]",
                "{\"command\":{\"text\":\"x\",\"parameters\":[{}]}} | command.parameters[0].name",
                "{\"command\":{\"text\":\"x\",\"parameters\":[{\"name\":5}]}} | command.parameters[0].name",
                "{\"command\":{\"text\":\"x\",\"parameters\":[{\"name\":\"a\",\"type\":\"Integer\"}]}} | command.parameters[0].type",
                "{\"command\":{\"text\":\"x\",\"parameters\":[{\"name\":\"a\",\"direction\":\"in\"}]}} | command.parameters[0].direction",
                "{\"command\":{\"text\":\"x\",\"parameters\":[{\"name\":\"a\",\"value\":5}]}} | command.parameters[0].value",
                "{\"command\":{\"text\":\"x\",\"parameters\":[{\"name\":\"a\",\"size\":\"big\"}]}} | command.parameters[0].size",
                "{\"maxTimeInQueue\":-1,\"command\":{\"text\":\"x\"}} | maxTimeInQueue",
                "{\"maxTimeInQueue\":60001,\"command\":{\"text\":\"x\"}} | maxTimeInQueue",
                "{\"maxTimeInQueue\":99999999999,\"command\":{\"text\":\"x\"}} | maxTimeInQueue",
                "{\"maxTimeInQueue\":\"soon\",\"command\":{\"text\":\"x\"}} | maxTimeInQueue",
                "{\"maxTimeInQueue\":1.5,\"command\":{\"text\":\"x\"}} | maxTimeInQueue",
                "{\"catalogue\":5,\"command\":{\"text\":\"x\"}} | catalogue"
            })
    void namesTheFieldThatIsWrong(String body, String field) {
        // When
        Answer answer = integrator.immediate(demo.siteId(), body);

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.message()).contains(field).doesNotContain("Exception").doesNotContain("dev.halo");
    }

    @Test
    void namesTheBoundsOfTheQueue() {
        // When
        Answer answer = integrator.immediate(demo.siteId(), "{\"maxTimeInQueue\":60001,\"command\":{\"text\":\"x\"}}");

        // Then
        assertThat(answer.message()).contains("maxTimeInQueue", "60000").containsPattern("\\b0\\b");
    }

    @Test
    void namesWhatAnEnumAllows() {
        // When
        Answer answer =
                integrator.immediate(demo.siteId(), "{\"command\":{\"text\":\"x\",\"executionMode\":\"writer\"}}");

        // Then
        assertThat(answer.message()).contains("reader", "nonQuery", "scalar");
    }

    @Test
    void boundsTheTextAndSaysWhere() {
        // Given
        String long_ = "select '" + "x".repeat(256 * 1024) + "' from RDB$DATABASE";

        // When
        Answer answer = integrator.immediate(demo.siteId(), "{\"command\":{\"text\":\"" + long_ + "\"}}");

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.message()).contains("command.text", Integer.toString(256 * 1024));
    }

    @Test
    void boundsTheNumberOfParametersAndSaysWhere() {
        // Given
        String parameters = IntStream.range(0, 1_501)
                .mapToObj(i -> "{\"name\":\"p" + i + "\",\"value\":\"1\"}")
                .collect(Collectors.joining(","));

        // When
        Answer answer = integrator.immediate(
                demo.siteId(), "{\"command\":{\"text\":\"select 1\",\"parameters\":[" + parameters + "]}}");

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.message()).contains("command.parameters", "1500");
    }

    @Test
    void boundsTheBody() {
        // Given
        String body = "{\"ignored\":\"" + "x".repeat(1024 * 1024) + "\",\"command\":{\"text\":\"select 1\"}}";

        // When
        Answer answer = integrator.immediate(demo.siteId(), body);

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(413);
        assertThat(answer.json().path("error").path("status").asInt()).isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"command\":{\"text\":\"select 1 from RDB$DATABASE\"},\"command\":{\"text\":\"select 2 from RDB$DATABASE\"}}",
                "{\"command\":{\"text\":\"select 1 from RDB$DATABASE\",\"text\":\"select 2 from RDB$DATABASE\"}}",
                "{\"maxTimeInQueue\":1,\"maxTimeInQueue\":2,\"command\":{\"text\":\"select 1 from RDB$DATABASE\"}}"
            })
    void refusesARepeatedKey(String body) {
        // When
        Answer answer = integrator.immediate(demo.siteId(), body);

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.message()).isNotBlank();
    }

    @Test
    void ignoresUnknownFieldsAndNullOnes() {
        // When
        Answer answer = integrator.immediate(demo.siteId(), """
                {"surprise":{"a":[1]},"maxTimeInQueue":null,"catalogue":null,"command":{"text":
                "select 1 as ONE from RDB$DATABASE","executionMode":null,"type":null,"parameters":null,"more":true}}""");

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().path("maxTimeInQueue").asInt()).isEqualTo(30_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/x-www-form-urlencoded"})
    void refusesAnotherMediaType(String mediaType) {
        // When
        Answer answer = integrator.send("POST", IntegratorClient.immediatePath(demo.siteId()), mediaType, FINE);

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(415);
        assertThat(answer.json().path("error").path("status").asInt()).isEqualTo(415);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /integrator/sites/{site}/queries/immediate",
        "PUT, /integrator/sites/{site}/queries/immediate",
        "POST, /integrator/sites",
        "DELETE, /integrator/sites/{site}",
        "GET, /integrator/pair-site",
        "PATCH, /integrator/sites/{site}"
    })
    void refusesTheWrongMethod(String method, String path) {
        // When
        Answer answer =
                integrator.send(method, path.replace("{site}", demo.siteId().toString()), null, null);

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(405);
        assertThat(answer.json().path("error").path("statusText").asText()).isEqualTo("Method Not Allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/integrator/nothing", "/integrator/sites/a/b/c/d", "/integrator", "/nothing"})
    void doesNotKnowOtherPaths(String path) {
        // When
        Answer answer = integrator.get(path);

        // Then
        assertThat(answer.status()).as("%s", answer).isEqualTo(404);
        assertThat(answer.json().path("error").path("status").asInt()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"not-a-guid", "1", "00000000-0000-0000-0000-00000000000g", "%20", "1-1-1-1-1"})
    void refusesAMalformedGuid(String siteId) {
        // When
        List<Answer> answers = List.of(
                integrator.immediate(siteId, FINE),
                integrator.site(siteId),
                integrator.query(siteId, IntegratorClient.unknownId()));

        // Then
        assertThat(answers).extracting(Answer::status).containsOnly(400);
        assertThat(answers).allSatisfy(answer -> assertThat(answer.message()).contains("siteId"));
    }

    @Test
    void refusesAMalformedQueryId() {
        // When
        Answer answer = integrator.query(demo.siteId(), "not-a-guid");

        // Then
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.message()).contains("queryId");
    }

    @Test
    void doesNotKnowAnUnknownSite() {
        // When
        Answer answer = integrator.immediate(IntegratorClient.unknownId(), FINE);

        // Then
        assertThat(answer.status()).isEqualTo(404);
    }

    @Test
    void looksAtTheBodyBeforeTheSite() {
        // When
        Answer answer = integrator.immediate(IntegratorClient.unknownId(), "{}");

        // Then
        assertThat(answer.status()).isEqualTo(400);
    }
}
