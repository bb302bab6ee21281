package dev.halo.routing.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.Frame.RefusalCause;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Sessions that are drained, abandoned, or superseded by another one. */
class SessionDrainTest extends LinkSessionFixture {

    @Test
    void theLaterSessionInTheLogWins() {
        // Given
        LinkSession session = bridge.open();

        // When
        bridge.sessions.read(bridge.openedElsewhere(UUID.randomUUID()));

        // Then
        assertThat(session.state()).isEqualTo(new SessionState.Closed(CloseCause.SUPERSEDED));
        assertThat(bridge.socket.last.cause()).isEqualTo(RefusalCause.SUPERSEDED);
        assertThat(bridge.socket.last.retryAfterMillis()).isGreaterThanOrEqualTo(60_000);
        assertThat(bridge.awaitSessionRecords(1)).hasSize(1);
    }

    @Test
    void aSessionThatIsEarlierInTheLogChangesNothing() {
        // Given
        LinkSession session = bridge.accept();
        bridge.say(session, bridge.hello());
        bridge.awaitSent(Frame.Welcome.class);

        // When
        bridge.sessions.read(bridge.openedElsewhere(UUID.randomUUID()));
        bridge.sessions.read(bridge.opened(session));

        // Then
        assertThat(session.state()).isInstanceOf(SessionState.Open.class);
    }

    @Test
    void aForeignEndBehindItsOwnRecordMakesItWriteThatAgain() {
        // Given
        LinkSession session = bridge.open();

        // When
        bridge.sessions.read(
                new SessionRecord.Closed(bridge.linkId, UUID.randomUUID(), CloseCause.LOST, bridge.clock.now()));

        // Then
        SessionRecord again = bridge.awaitSessionRecords(2).get(1);
        assertThat(again).isInstanceOf(SessionRecord.Open.class);
        assertThat(again.sessionId()).isEqualTo(session.id());
    }

    @Test
    void anEarlierSessionThatAssertsItselfOnceMoreDoesNotWin() {
        // Given
        UUID earlier = UUID.randomUUID();
        bridge.lastSession = earlier;
        LinkSession session = bridge.open();

        // When
        bridge.sessions.read(bridge.openedElsewhere(earlier));

        // Then
        assertThat(session.state()).isInstanceOf(SessionState.Open.class);
        assertThat(bridge.awaitSessionRecords(2).get(1).sessionId()).isEqualTo(session.id());
    }

    @Test
    void aDrainedSessionStaysUntilItsMomentAndItsQueriesAreOver() {
        // Given
        LinkSession session = bridge.open();
        bridge.say(session, new Frame.Credit(bridge.siteId, 1));
        var query = bridge.query(3);
        session.deliver(query, null);

        // When
        bridge.sessions.drain();

        // Then
        assertThat(bridge.socket.sent(Frame.Drain.class).get(0).reconnectAfterMillis())
                .isBetween(0L, 60_000L);
        bridge.clock.advance(Duration.ofSeconds(66));
        bridge.say(session, new Frame.Ping(1));
        bridge.sessions.sweep();
        assertThat(session.state()).isInstanceOf(SessionState.Draining.class);
        bridge.say(session, new Frame.Ended(query.queryId(), bridge.siteId, bridge.integratorId, 3));
        bridge.awaitSent(Frame.EndedAck.class);
        assertThatItEnds(session);
    }

    @Test
    void aDrainedSessionStaysUntilItsLastOutcomeIsAcknowledged() {
        // Given a log that takes its time
        bridge.close();
        bridge = new SessionFixture(false);
        LinkSession session = bridge.accept();
        bridge.say(session, bridge.hello());
        bridge.awaitSessionRecords(1);
        bridge.producer.completeNext();
        bridge.awaitSent(Frame.Welcome.class);
        bridge.sessions.read(bridge.opened(session));
        bridge.say(session, new Frame.Credit(bridge.siteId, 1));
        var query = bridge.query(3);
        session.deliver(query, null);
        bridge.sessions.drain();
        bridge.clock.advance(Duration.ofSeconds(66));

        // When
        bridge.say(session, new Frame.Ended(query.queryId(), bridge.siteId, bridge.integratorId, 3));

        // Then
        bridge.awaitRecords("halo.replies", 1);
        bridge.sessions.sweep();
        assertThat(session.state()).isInstanceOf(SessionState.Draining.class);
        await().until(() -> {
            bridge.producer.completeNext();
            return !bridge.socket.sent(Frame.EndedAck.class).isEmpty();
        });
        assertThatItEnds(session);
    }

    private void assertThatItEnds(LinkSession session) {
        await().untilAsserted(() -> {
            bridge.sessions.sweep();
            assertThat(session.state()).isEqualTo(new SessionState.Closed(CloseCause.DRAINED));
        });
    }

    @Test
    void aDrainingSessionWhoseLinkIsElsewhereEndsWithoutAWord() {
        // Given
        LinkSession session = bridge.open();
        bridge.sessions.drain();

        // When
        bridge.sessions.read(bridge.openedElsewhere(UUID.randomUUID()));
        bridge.sessions.sweep();

        // Then
        assertThat(session.state()).isEqualTo(new SessionState.Closed(CloseCause.DRAINED));
        assertThat(bridge.socket.last).isNull();
        assertThat(bridge.awaitSessionRecords(1)).hasSize(1);
    }

    @Test
    void aLinkThatComesWhileTheBridgeDrainsIsSentElsewhere() {
        // Given
        LinkSession session = bridge.accept();
        bridge.sessions.drain();

        // When
        bridge.say(session, bridge.hello());

        // Then
        assertThat(bridge.socket.last.cause()).isEqualTo(RefusalCause.DRAINING);
    }

    @Test
    void aSessionWhoseTokenIsOverIsOpenedAnew() {
        // Given
        LinkSession session = bridge.open();
        bridge.clock.advance(Duration.ofHours(25));
        bridge.say(session, new Frame.Ping(1));

        // When
        bridge.sessions.sweep();

        // Then
        assertThat(bridge.socket.sent(Frame.Drain.class)).hasSize(1);
        assertThat(session.state()).isInstanceOf(SessionState.Draining.class);
    }

    @Test
    void nothingIsWrittenAboutSessionsOfALostSlot() {
        // Given
        LinkSession session = bridge.open();

        // When
        bridge.sessions.abandonAll();

        // Then
        assertThat(bridge.socket.isClosed()).isTrue();
        assertThat(session.state()).isEqualTo(new SessionState.Closed(CloseCause.LOST));
        assertThat(bridge.awaitSessionRecords(1)).hasSize(1);
    }
}
