package dev.halo.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.halo.gateway.error.Reason;
import dev.halo.gateway.error.Refusal;
import dev.halo.protocol.query.CommandType;
import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.ParameterType;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandReaderTest {

    @Test
    void readsEveryField() {
        ImmediateCommand read = read("{\"maxTimeInQueue\":5,\"catalogue\":\"DOCUMENTS\",\"command\":{\"text\":\"P_X\","
                + "\"executionMode\":\"scalar\",\"type\":\"storedProcedure\",\"parameters\":[{\"name\":\"@a\","
                + "\"direction\":\"inputOutput\",\"type\":\"NVarChar\",\"value\":\"1\",\"size\":10}]}}");

        assertThat(read.maxTimeInQueue()).isEqualTo(5);
        assertThat(read.catalogue()).isEqualTo("DOCUMENTS");
        assertThat(read.command().text()).isEqualTo("P_X");
        assertThat(read.command().executionMode()).isEqualTo(ExecutionMode.SCALAR);
        assertThat(read.command().type()).isEqualTo(CommandType.STORED_PROCEDURE);
        assertThat(read.command().parameters())
                .containsExactly(new Parameter("@a", Direction.INPUT_OUTPUT, ParameterType.NVARCHAR, "1", 10));
    }

    @Test
    void nullCountsAsAbsent() {
        ImmediateCommand read = read("{\"maxTimeInQueue\":null,\"catalogue\":null,\"command\":{\"text\":\"select 1\","
                + "\"executionMode\":null,\"type\":null,\"parameters\":null}}");

        assertThat(read.maxTimeInQueue()).isEqualTo(30_000);
        assertThat(read.catalogue()).isNull();
        assertThat(read.command().executionMode()).isEqualTo(ExecutionMode.READER);
        assertThat(read.command().type()).isEqualTo(CommandType.TEXT);
        assertThat(read.command().parameters()).isEmpty();
    }

    @Test
    void unknownFieldsAreIgnored() {
        ImmediateCommand read =
                read("{\"more\":{\"a\":[1,{\"b\":2}]},\"command\":{\"text\":\"select 1\",\"timeout\":[[]]}}");

        assertThat(read.command().text()).isEqualTo("select 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"text\":\"select 1\"}", "{ \"text\" : \"sélect €\" }", "{\"text\":\"\\u0041\",\"x\":{}}"})
    void theCommandsSizeIsThatOfItsBytesAsSent(String command) {
        ImmediateCommand read = read("{\"catalogue\":\"é\",\"command\":  " + command + "  ,\"maxTimeInQueue\":1}");

        assertThat(read.commandSize()).isEqualTo(command.getBytes(StandardCharsets.UTF_8).length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "                                                                     | empty",
                "[]                                                                   | must be a JSON object",
                "\"text\"                                                             | must be a JSON object",
                "{                                                                    | not valid JSON",
                "{\"command\":{\"text\":\"x\"}} {}                                    | something follows",
                "{\"command\":{\"text\":\"x\"},\"command\":{\"text\":\"y\"}}          | repeats the field command",
                "{\"a\":{\"b\":1,\"b\":2},\"command\":{\"text\":\"x\"}}               | repeats the field b",
                "{}                                                                   | command is required",
                "{\"command\":null}                                                   | command is required",
                "{\"command\":\"select 1\"}                                           | command must be an object",
                "{\"command\":{}}                                                     | command.text is required",
                "{\"command\":{\"text\":\" \"}}                                       | command.text is required",
                "{\"command\":{\"text\":1}}                                           | command.text must be a string",
                "{\"command\":{\"text\":\"x\",\"executionMode\":\"Reader\"}}          | command.executionMode must be one of reader, nonQuery, scalar",
                "{\"command\":{\"text\":\"x\",\"type\":\"sql\"}}                      | command.type must be one of text, storedProcedure",
                "{\"command\":{\"text\":\"x\",\"parameters\":{}}}                     | command.parameters must be an array",
                "{\"command\":{\"text\":\"x\",\"parameters\":[1]}}                    | command.parameters[0] must be an object",
                "{\"command\":{\"text\":\"x\",\"parameters\":[{}]}}                   | command.parameters[0].name is required",
                "{\"command\":{\"text\":\"x\",\"parameters\":[{\"name\":\"a\",\"value\":1}]}} | command.parameters[0].value must be a string or null",
                "{\"command\":{\"text\":\"x\",\"parameters\":[{\"name\":\"a\",\"type\":\"int\"}]}} | command.parameters[0].type must be one of BigInt, Binary",
                "{\"command\":{\"text\":\"x\",\"parameters\":[{\"name\":\"a\",\"direction\":\"in\"}]}} | command.parameters[0].direction must be one of input, output",
                "{\"maxTimeInQueue\":60001,\"command\":{\"text\":\"x\"}}              | maxTimeInQueue must be from 0 to 60000",
                "{\"maxTimeInQueue\":-1,\"command\":{\"text\":\"x\"}}                 | maxTimeInQueue must be from 0 to 60000",
                "{\"maxTimeInQueue\":1.5,\"command\":{\"text\":\"x\"}}                | maxTimeInQueue must be a whole number",
                "{\"maxTimeInQueue\":\"1\",\"command\":{\"text\":\"x\"}}              | maxTimeInQueue must be a whole number",
                "{\"maxTimeInQueue\":99999999999,\"command\":{\"text\":\"x\"}}        | maxTimeInQueue must be from 0 to 60000",
                "{\"catalogue\":7,\"command\":{\"text\":\"x\"}}                       | catalogue must be a string",
                "{\"catalogue\":\"\",\"command\":{\"text\":\"x\"}}                    | catalogue must have from 1 to",
            })
    void refusesNamingFieldAndBound(String body, String words) {
        Refusal refusal = refusal(body == null ? "" : body);

        assertThat(refusal.reason()).isEqualTo(Reason.INVALID);
        assertThat(refusal).hasMessageContaining(words);
    }

    @Test
    void refusesTextThatIsTooLong() {
        Refusal refusal = refusal("{\"command\":{\"text\":\"" + "x".repeat(256 * 1024 + 1) + "\"}}");

        assertThat(refusal).hasMessageContaining("at most 262144 characters");
    }

    @Test
    void refusesTooManyParameters() {
        String parameters = "{\"name\":\"a\"},".repeat(1500) + "{\"name\":\"a\"}";

        Refusal refusal = refusal("{\"command\":{\"text\":\"x\",\"parameters\":[" + parameters + "]}}");

        assertThat(refusal).hasMessageContaining("at most 1500 entries");
    }

    @Test
    void refusesWhatIsNestedTooDeep() {
        Refusal refusal = refusal("{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}");

        assertThat(refusal).hasMessageContaining("nested deeper");
    }

    @Test
    void refusesOtherEncodings() {
        byte[] utf16 = "{\"command\":{\"text\":\"x\"}}".getBytes(StandardCharsets.UTF_16);

        Refusal refusal = catchThrowableOfType(Refusal.class, () -> CommandReader.immediate(utf16));

        assertThat(refusal).hasMessageContaining("UTF-8");
    }

    @Test
    void messagesNeverQuoteTheSqlOrAValue() {
        Refusal refusal = refusal("{\"command\":{\"text\":\"select SECRET_MARKER\",\"parameters\":[{\"name\":\"a\","
                + "\"value\":\"SECRET_MARKER\",\"type\":\"SECRET_MARKER\"}]}}");

        assertThat(refusal.getMessage()).doesNotContain("SECRET_MARKER");
    }

    private static ImmediateCommand read(String body) {
        return CommandReader.immediate(body.getBytes(StandardCharsets.UTF_8));
    }

    private static Refusal refusal(String body) {
        return catchThrowableOfType(Refusal.class, () -> read(body));
    }
}
