package dev.halo.link.registered;

import static org.awaitility.Awaitility.await;

import dev.halo.link.start.LinkHarness;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.query.RegisteredRun;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A Link with room for two registered queries, for tests that register some and look at their runs. */
abstract class RegisteredFixture {

    static final long LONG_MILLIS = 3_600_000;

    LinkHarness link;

    @TempDir
    private Path directory;

    @BeforeEach
    void prepare() throws Exception {
        link = new LinkHarness(directory).with("registered.max-per-site", "2").with("registered.upload-for", "PT0.3S");
    }

    @AfterEach
    void stop() throws Exception {
        link.close();
    }

    /** Registers a query whose first run is due at once. */
    RegisteredRequest register(ExecutionMode mode, String text, long frequency, long remaining) {
        RegisteredRequest request = link.registered(mode, text, frequency, remaining);
        link.session().send(new Frame.Register(request));
        return request;
    }

    /** The runs of a registered query, by their numbers; one that is told again counts once. */
    List<RegisteredRun> runs(RegisteredRequest of) {
        Map<UUID, RegisteredRun> runs = new HashMap<>();
        link.cloud.sessions.stream()
                .flatMap(session -> session.all(Frame.Ran.class).stream())
                .map(Frame.Ran::run)
                .filter(run -> run.registeredId().equals(of.queryId()))
                .forEach(run -> runs.put(run.runId(), run));
        return runs.values().stream()
                .sorted((a, b) -> Long.compare(a.number(), b.number()))
                .toList();
    }

    List<RegisteredRun> awaitRuns(RegisteredRequest of, int count) {
        return await().atMost(LinkHarness.LONG).until(() -> runs(of), runs -> runs.size() >= count);
    }
}
