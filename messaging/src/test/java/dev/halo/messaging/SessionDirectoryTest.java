package dev.halo.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.messaging.SessionDirectory.State;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import dev.halo.protocol.session.SessionRecord.Closed;
import dev.halo.protocol.session.SessionRecord.Open;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What becomes of a Link's session with each record of the log. */
class SessionDirectoryTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final UUID linkId = UUID.randomUUID();
    private final Open first = open();
    private final Open second = open();

    @Test
    void theFirstOpenIsCurrent() {
        assertThat(reduce(null, opened(first))).isEqualTo(opened(first));
    }

    @Test
    void theLaterOpenWins() {
        assertThat(reduce(opened(first), opened(second))).isEqualTo(opened(second));
    }

    @Test
    void anOpenThatIsWrittenAgainBehindItsOwnEndIsCurrentAgain() {
        State ended = reduce(opened(first), ended(first, CloseCause.LOST, NOON));

        assertThat(reduce(ended, opened(first))).isEqualTo(opened(first));
    }

    @Test
    void theEndOfTheCurrentSessionCountsAndTheSessionIsRemembered() {
        State end = ended(first, CloseCause.LOST, NOON);

        assertThat(reduce(opened(first), end)).isEqualTo(new State(first, end.closed()));
    }

    @Test
    void theEndOfAnotherSessionIsIgnored() {
        assertThat(reduce(opened(second), ended(first, CloseCause.SUPERSEDED, NOON)))
                .isEqualTo(opened(second));
    }

    @Test
    void aSecondEndOfASessionIsIgnored() {
        State orderly = reduce(opened(first), ended(first, CloseCause.CLOSED, NOON));

        assertThat(reduce(orderly, ended(first, CloseCause.LOST, NOON.plusSeconds(5))))
                .isEqualTo(orderly);
    }

    @Test
    void anEndWhoseSessionCompactionTookIsKept() {
        State end = ended(first, CloseCause.CLOSED, NOON);

        assertThat(reduce(null, end)).isEqualTo(end);
    }

    @Test
    void ofEndsWhoseSessionsCompactionTookTheLatestCounts() {
        State early = ended(first, CloseCause.LOST, NOON);
        State late = ended(second, CloseCause.CLOSED, NOON.plusSeconds(60));

        assertThat(reduce(early, late)).isEqualTo(late);
        assertThat(reduce(late, early)).isEqualTo(late);
    }

    @Test
    void anOpenWinsOverAnEndWhoseSessionIsNotKnown() {
        assertThat(reduce(ended(first, CloseCause.CLOSED, NOON), opened(second)))
                .isEqualTo(opened(second));
    }

    private static State reduce(State current, State incoming) {
        return SessionDirectory.reduce(current, incoming, null);
    }

    private static State opened(Open open) {
        return new State(open, null);
    }

    private State ended(Open session, CloseCause cause, Instant lastHeardAt) {
        return new State(null, new Closed(linkId, session.sessionId(), cause, lastHeardAt));
    }

    private Open open() {
        return new Open(linkId, UUID.randomUUID(), 0, UUID.randomUUID(), NOON, "1", 0);
    }
}
