package dev.halo.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.FrameCodec;
import dev.halo.protocol.golden.Samples;
import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.integrator.WebhookTemplate;
import dev.halo.protocol.link.LinkMessages;
import dev.halo.protocol.query.Command;
import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.QueryMode;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.Timing;
import dev.halo.protocol.site.Environment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a message is called in a log never shows SQL, a value, a row, an error's text or a secret. */
class SecrecyTest {

    private static final String MARKER = "MARKER-4711";

    static List<Object> messages() {
        Parameter parameter = new Parameter(MARKER, null, null, MARKER, null);
        Command command = new Command("select '" + MARKER + "'", null, null, List.of(parameter));
        QueryRequest request = new QueryRequest(
                Samples.QUERY,
                Samples.SITE,
                Samples.INTEGRATOR,
                QueryMode.IMMEDIATE,
                command,
                null,
                0,
                0,
                Samples.NOON);
        byte[] json = ("\"" + MARKER + "\"").getBytes(StandardCharsets.UTF_8);
        Outcome rows = new Outcome.Rows(1, json.length, Outcome.Storage.INLINE, List.of(parameter), Timing.NONE);
        Outcome failed = new Outcome.Failed(new QueryFailure(ErrorType.FBSQL, 1, MARKER), Timing.NONE);
        ByteBuffer message = OutcomeCodec.encode(rows, ByteBuffer.wrap(json));
        return List.of(
                parameter,
                command,
                request,
                rows,
                failed,
                new Outcome.Affected(1, List.of(parameter), Timing.NONE),
                OutcomeCodec.decode(message),
                new Frame.Query(request, null),
                FrameCodec.decode(FrameCodec.encode(new Frame.Query(request, null))),
                new IntegratorFact.Integrator(
                        Samples.INTEGRATOR,
                        "name",
                        true,
                        List.of(new IntegratorFact.Key(MARKER, IntegratorFact.KeySlot.PRIMARY, false)),
                        null,
                        null,
                        new IntegratorFact.Webhooks(MARKER, MARKER, MARKER, MARKER),
                        1),
                WebhookTemplate.parse("https://example.org/" + MARKER, false),
                new LinkMessages.EnrolRequest(MARKER, Environment.STAGE, "1", "host"),
                new LinkMessages.EnrolResponse(Samples.LINK, MARKER, MARKER, Samples.NOON, Samples.NOON),
                new LinkMessages.TokenRequest(Samples.LINK, MARKER, Environment.STAGE),
                new LinkMessages.TokenResponse(MARKER, Samples.NOON, MARKER, Samples.NOON));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void itsTextShowsNothing(Object message) {
        assertThat(message.toString()).isNotEmpty().doesNotContain(MARKER);
    }
}
