package dev.halo.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.gateway.error.Refusal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegisteredCommandTest {

    private static final String BODY = """
            {"name":"N","registeredQueryType":"query","frequency":60,"duration":60,
             "registerCommand":{"catalogue":"DOCUMENTS","other":[1],
               "command":{"text":"select @p","parameters":[{"name":"p","value":"1"}]}}}""";

    @Test
    void aBodyIsRead() {
        RegisteredCommand read = read(BODY);

        assertThat(read.name()).isEqualTo("N");
        assertThat(read.frequencySeconds()).isEqualTo(60);
        assertThat(read.durationSeconds()).isEqualTo(60);
        assertThat(read.catalogue()).isEqualTo("DOCUMENTS");
        assertThat(read.command().text()).isEqualTo("select @p");
        assertThat(read.command().parameters()).hasSize(1);
        assertThat(read.requestSize()).isEqualTo(BODY.length());
    }

    @Test
    void theLongestDayIsAllowed() {
        assertThat(read(BODY.replace(":60", ":86400")).durationSeconds()).isEqualTo(86_400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"frequency\":60 | \"frequency\":60.5 | frequency must be a whole number",
                "\"frequency\":60 | \"frequency\":86401 | frequency is required and must be from 60",
                "\"duration\":60 | \"duration\":null | duration is required",
                "\"name\":\"N\" | \"name\":1 | name must be a string",
                "\"name\":\"N\" | \"name\":\"N\",\"name\":\"M\" | repeats the field name",
                "\"name\":\"p\" | \"name\":\"\" | registerCommand.command.parameters[0].name",
                "\"catalogue\":\"DOCUMENTS\" | \"catalogue\":1 | registerCommand.catalogue must be a string",
                "{\"catalogue\":\"DOCUMENTS\" | [{}],\"b\":{\"c\":1 | registerCommand must be an object"
            })
    void whatIsWrongIsNamed(String what, String by, String problem) {
        assertThatThrownBy(() -> read(BODY.replace(what, by)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aNameHasABound() {
        assertThat(read(BODY.replace("\"N\"", "\"" + "n".repeat(200) + "\"")).name())
                .hasSize(200);
        assertThatThrownBy(() -> read(BODY.replace("\"N\"", "\"" + "n".repeat(201) + "\"")))
                .hasMessageContaining("200");
    }

    private static RegisteredCommand read(String body) {
        return CommandReader.registered(body.getBytes(StandardCharsets.UTF_8));
    }
}
