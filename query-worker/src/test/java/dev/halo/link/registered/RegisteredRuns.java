package dev.halo.link.registered;

import static org.awaitility.Awaitility.await;

import dev.halo.link.start.LinkHarness;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.ExecutionMode;
import dev.halo.protocol.query.RegisteredRequest;
import dev.halo.protocol.query.RegisteredRun;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Registers queries at a Link, and looks at their runs. */
final class RegisteredRuns {

    static final long LONG_MILLIS = 3_600_000;

    private final LinkHarness link;

    RegisteredRuns(LinkHarness link) {
        this.link = link;
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
