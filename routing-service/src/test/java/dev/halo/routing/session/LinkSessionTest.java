package dev.halo.routing.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.frame.Frame.RefusalCause;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.session.SessionOpened;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.LinkStatus;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A session from its welcome to its end. */
class LinkSessionTest extends LinkSessionFixture {

    @Test
    void theLinkIsWelcomedWithItsSitesOnceTheSessionIsInTheLog() {
        // Given
        with(false);
        LinkSession session = bridge.accept();
        List<UUID> held = List.of(UUID.randomUUID());

        // When
        bridge.say(session, new Frame.Hello(7, "1.2", Environment.STAGE, bridge.clock.now(), null, held));

        // Then
        bridge.awaitRecords("halo.sessions", 1);
        assertThat(session.state()).isInstanceOf(SessionState.Opening.class);
        assertThat(bridge.socket.sent).isEmpty();
        await().until(() -> bridge.producer.completeNext() || !bridge.socket.sent.isEmpty());
        Frame.Welcome welcome = bridge.socket.sent(Frame.Welcome.class).get(0);
        assertThat(welcome.sessionId()).isEqualTo(session.id());
        assertThat(welcome.protocol()).isEqualTo(1);
        assertThat(welcome.heartbeatMillis()).isEqualTo(10_000);
        assertThat(welcome.sites()).containsExactly(new Frame.SiteAuthority(bridge.siteId, true, true));
        SessionOpened opened =
                Json.read(bridge.awaitRecords("halo.results", 1).get(0).value(), SessionOpened.class);
        assertThat(opened.sessionId()).isEqualTo(session.id());
        assertThat(opened.held()).isEqualTo(held);
    }

    @Test
    void aSessionThatCannotBeRecordedIsRefused() {
        // Given
        with(false);
        LinkSession session = bridge.accept();
        bridge.say(session, bridge.hello());
        bridge.awaitRecords("halo.sessions", 1);

        // When
        bridge.producer.errorNext(new org.apache.kafka.common.errors.TimeoutException("late"));

        // Then
        assertThat(bridge.socket.last.cause()).isEqualTo(RefusalCause.OVERLOADED);
        assertThat(session.state()).isEqualTo(new SessionState.Closed(CloseCause.LOST));
        assertThat(bridge.awaitSessionRecords(2).get(1)).isInstanceOf(SessionRecord.Closed.class);
    }

    @Test
    void aSocketWithoutHelloIsClosed() {
        // Given
        LinkSession session = bridge.accept();
        bridge.clock.advance(Duration.ofSeconds(11));

        // When
        bridge.sessions.sweep();

        // Then
        assertThat(session.state()).isEqualTo(new SessionState.Closed(CloseCause.PROTOCOL_ERROR));
        assertThat(bridge.records("halo.sessions")).isEmpty();
        assertThat(bridge.sessions.size()).isZero();
    }

    @Test
    void aLinkOfTheOtherEnvironmentIsRefused() {
        // Given
        LinkSession session = bridge.accept();

        // When
        bridge.say(session, new Frame.Hello(1, "1", Environment.PRODUCTION, bridge.clock.now(), null, List.of()));

        // Then
        assertThat(bridge.socket.last.cause()).isEqualTo(RefusalCause.ENVIRONMENT);
        assertThat(bridge.records("halo.sessions")).isEmpty();
    }

    @Test
    void aLinkThatIsTooOldIsRefused() {
        // Given
        LinkSession session = bridge.accept();

        // When
        bridge.say(session, new Frame.Hello(0, "1", Environment.STAGE, bridge.clock.now(), null, List.of()));

        // Then
        assertThat(bridge.socket.last.cause()).isEqualTo(RefusalCause.PROTOCOL_VERSION);
    }

    @Test
    void aSuspendedLinkIsRefusedAndARemovedOnesSessionEnds() {
        // Given
        LinkSession open = bridge.open();
        bridge.registry.statuses.put(bridge.linkId, LinkStatus.REMOVED);

        // When
        bridge.sessions.linkChanged(bridge.linkId);

        // Then
        assertThat(open.state()).isEqualTo(new SessionState.Closed(CloseCause.REVOKED));
        assertThat(bridge.socket.last.cause()).isEqualTo(RefusalCause.LINK_REMOVED);
        bridge.registry.statuses.put(bridge.linkId, LinkStatus.SUSPENDED);
        FakeSocket second = new FakeSocket();
        bridge.say(bridge.sessions.accept(bridge.identity(), second), bridge.hello());
        assertThat(second.last.cause()).isEqualTo(RefusalCause.LINK_SUSPENDED);
    }

    @Test
    void aWrongClockIsMeasuredAndCounted() {
        // Given
        LinkSession session = bridge.accept();
        Frame.Hello hello = new Frame.Hello(
                1, "1", Environment.STAGE, bridge.clock.now().plus(Duration.ofHours(1)), null, List.of());

        // When
        bridge.say(session, hello);

        // Then
        bridge.awaitSent(Frame.Welcome.class);
        assertThat(bridge.socket.sent(Frame.Welcome.class).get(0).clockOffsetMillis())
                .isEqualTo(3_600_000);
        assertThat(bridge.count("halo.bridge.clock.warnings")).isEqualTo(1);
    }

    @Test
    void pingsAreAnswered() {
        // Given
        LinkSession session = bridge.open();

        // When
        bridge.say(session, new Frame.Ping(42));

        // Then
        assertThat(bridge.socket.sent(Frame.Pong.class)).containsExactly(new Frame.Pong(42));
    }

    @Test
    void aSilentSocketIsClosedAsLostWithTheTimeItWasLastHeard() {
        // Given
        LinkSession session = bridge.open();
        bridge.clock.advance(Duration.ofSeconds(20));
        bridge.say(session, new Frame.Ping(1));
        var heardAt = bridge.clock.now();
        bridge.clock.advance(Duration.ofSeconds(46));

        // When
        bridge.sessions.sweep();

        // Then
        SessionRecord.Closed closed =
                (SessionRecord.Closed) bridge.awaitSessionRecords(2).get(1);
        assertThat(closed.cause()).isEqualTo(CloseCause.LOST);
        assertThat(closed.lastHeardAt()).isEqualTo(heardAt);
        assertThat(bridge.socket.isClosed()).isTrue();
        assertThat(bridge.count("halo.bridge.sessions.closed", "cause", "LOST")).isEqualTo(1);
    }

    @Test
    void aSocketThatTakesNothingIsClosed() {
        // Given
        LinkSession session = bridge.open();
        bridge.socket.congestedSince = bridge.clock.nanos();
        bridge.clock.advance(Duration.ofSeconds(11));

        // When
        bridge.sessions.sweep();

        // Then
        assertThat(session.state()).isEqualTo(new SessionState.Closed(CloseCause.LOST));
    }

    @Test
    void goodbyeIsAnOrderlyEnd() {
        // Given
        LinkSession session = bridge.open();

        // When
        bridge.say(session, new Frame.Goodbye());

        // Then
        SessionRecord.Closed closed =
                (SessionRecord.Closed) bridge.awaitSessionRecords(2).get(1);
        assertThat(closed.cause()).isEqualTo(CloseCause.CLOSED);
        bridge.sessions.socketClosed(session, false);
        assertThat(bridge.count("halo.bridge.sessions.closed", "cause", "LOST")).isZero();
    }

    @Test
    void unknownFramesAreCountedAndBrokenOnesEndTheSession() {
        // Given
        LinkSession session = bridge.open();
        byte[] unknown = "{\"frame\":\"tomorrow\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        ByteBuffer newer = ByteBuffer.allocate(5 + unknown.length)
                .put((byte) 2)
                .putInt(unknown.length)
                .put(unknown)
                .flip();

        // When
        bridge.sessions.message(session, newer);

        // Then
        assertThat(bridge.count("halo.bridge.dropped", "reason", "UNKNOWN_FRAME"))
                .isEqualTo(1);
        assertThat(session.state()).isInstanceOf(SessionState.Open.class);
        bridge.sessions.message(session, ByteBuffer.wrap(new byte[] {1, 2}));
        assertThat(session.state()).isEqualTo(new SessionState.Closed(CloseCause.PROTOCOL_ERROR));
    }

    @Test
    void aFrameThatOnlyBridgesSendEndsTheSession() {
        // Given
        LinkSession session = bridge.open();

        // When
        bridge.say(session, new Frame.Drain(1));

        // Then
        assertThat(session.state()).isEqualTo(new SessionState.Closed(CloseCause.PROTOCOL_ERROR));
    }

    private void with(boolean acknowledging, String... config) {
        bridge.close();
        bridge = new SessionFixture(acknowledging, config);
    }
}
