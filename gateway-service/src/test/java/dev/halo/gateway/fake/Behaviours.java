package dev.halo.gateway.fake;

import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.query.Timing;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What Links do with queries in the tests. */
public final class Behaviours {

    public static final Timing TIMING = new Timing(1, 5, 3, 0);

    private Behaviours() {}

    public static FakeBridge.Behaviour rows(String rows, int count) {
        long size = rows.getBytes(StandardCharsets.UTF_8).length;
        return outcome(new Outcome.Rows(count, size, Outcome.Storage.INLINE, List.of(), TIMING), rows);
    }

    public static FakeBridge.Behaviour affected(long count) {
        return outcome(new Outcome.Affected(count, List.of(), TIMING), "");
    }

    public static FakeBridge.Behaviour failed(QueryFailure failure) {
        return outcome(new Outcome.Failed(failure, TIMING), "");
    }

    public static FakeBridge.Behaviour released(Outcome.ReleaseCause cause) {
        return outcome(new Outcome.Released(cause), "");
    }

    public static FakeBridge.Behaviour outcome(Outcome outcome, String rows) {
        return (query, headers, bridge) -> bridge.answer(query, headers.linkId(), headers.sessionId(), outcome, rows);
    }

    /** Takes the query and never answers. */
    public static FakeBridge.Behaviour silent() {
        return (query, headers, bridge) -> {};
    }
}
