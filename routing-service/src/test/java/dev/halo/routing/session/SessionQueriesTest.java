package dev.halo.routing.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.OutcomeCodec;
import dev.halo.protocol.query.QueryRequest;
import dev.halo.protocol.query.RegisteredRun;
import dev.halo.protocol.query.Timing;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a session waits for before it may end. */
class SessionQueriesTest {

    private final SessionFixture bridge = new SessionFixture();

    @AfterEach
    void close() {
        bridge.close();
    }

    @Test
    void anEndOrRunThatCannotEvenBeReportedIsNotWaitedForForEver() {
        // Given a bridge of which every report fails at once
        SessionQueries queries = new SessionQueries(
                UUID.randomUUID(),
                bridge.linkId,
                bridge.socket,
                new BridgeContext(
                        bridge.config,
                        SessionFixture.INCARNATION,
                        "",
                        bridge.publisher,
                        null,
                        bridge.registry,
                        bridge.metrics,
                        bridge.clock));

        Outcome outcome = new Outcome.Affected(1, List.of(), Timing.NONE);

        // When
        queries.ended(
                new Frame.Ended(UUID.randomUUID(), bridge.siteId, bridge.integratorId, QueryRequest.NO_REPLY_SLOT),
                OutcomeCodec.encode(outcome));
        queries.ran(new Frame.Ran(
                bridge.siteId,
                bridge.integratorId,
                new RegisteredRun(UUID.randomUUID(), UUID.randomUUID(), 1, null, false, outcome)));

        // Then the Link, which was told nothing, keeps it and says it again
        assertThat(queries.isIdle()).isTrue();
        assertThat(bridge.socket.sent(Frame.EndedAck.class)).isEmpty();
    }
}
