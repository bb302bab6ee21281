package dev.halo.routing.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.session.AuthorityConfirmation;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a Link is told of its authority, and what it confirms. */
class SessionAuthorityTest extends LinkSessionFixture {

    @Test
    void authorityIsPushedWhenItChangesAndOnlyThen() {
        // Given
        LinkSession session = bridge.open();
        bridge.sessions.linkChanged(bridge.linkId);
        assertThat(bridge.socket.sent(Frame.Authority.class)).isEmpty();
        bridge.registry.authoritative = false;

        // When
        bridge.sessions.linkChanged(bridge.linkId);

        // Then
        Frame.Authority pushed = bridge.socket.sent(Frame.Authority.class).get(0);
        assertThat(pushed.sites()).containsExactly(new Frame.SiteAuthority(bridge.siteId, true, false));
        bridge.say(session, new Frame.AuthorityConfirmed(pushed.number()));
        assertThat(bridge.count("halo.bridge.authority.confirmed")).isEqualTo(1);
    }

    @Test
    void authorityThatACongestedSocketDidNotTakeIsPushedLater() {
        // Given
        bridge.open();
        bridge.socket.full = true;
        bridge.registry.authoritative = false;
        bridge.sessions.linkChanged(bridge.linkId);
        bridge.socket.full = false;

        // When
        bridge.sessions.sweep();

        // Then
        assertThat(bridge.socket.sent(Frame.Authority.class)).hasSize(1);
    }

    @Test
    void publishesWhatTheLinkHasConfirmed() {
        // Given
        bridge.registry.versions = Map.of("Zedmed:ID1", 4L);
        LinkSession session = bridge.open();
        bridge.registry.authoritative = false;
        bridge.registry.versions = Map.of("Zedmed:ID1", 5L);

        // When
        bridge.say(session, new Frame.AuthorityConfirmed(0));
        bridge.sessions.linkChanged(bridge.linkId);
        bridge.say(session, new Frame.AuthorityConfirmed(0));
        bridge.say(session, new Frame.AuthorityConfirmed(1));
        bridge.say(session, new Frame.AuthorityConfirmed(1));

        // Then
        assertThat(bridge.awaitConfirmations(2))
                .extracting(AuthorityConfirmation::sessionId, AuthorityConfirmation::versions)
                .containsExactly(
                        tuple(session.id(), Map.of("Zedmed:ID1", 4L)), tuple(session.id(), Map.of("Zedmed:ID1", 5L)));
    }

    @Test
    void aConfirmationThatKafkaDidNotTakeIsPublishedLater() {
        // Given
        LinkSession session = bridge.open();
        bridge.producer.sendException = new org.apache.kafka.common.errors.TimeoutException("late");
        bridge.say(session, new Frame.AuthorityConfirmed(0));
        await().until(() -> bridge.count("halo.bridge.records.failed") == 1);
        bridge.producer.sendException = null;

        // When
        await().until(() -> {
            bridge.sessions.sweep();
            return bridge.producer.history().stream().anyMatch(record -> AuthorityConfirmation.isKey(record.key()));
        });

        // Then
        assertThat(bridge.awaitConfirmations(1))
                .extracting(AuthorityConfirmation::sessionId)
                .containsExactly(session.id());
    }

    @Test
    void publishesNoConfirmationOnceALaterSessionHasWon() {
        // Given
        LinkSession session = bridge.open();
        bridge.sessions.drain();
        bridge.sessions.read(bridge.openedElsewhere(UUID.randomUUID()));

        // When
        bridge.say(session, new Frame.AuthorityConfirmed(0));

        // Then
        assertThat(bridge.count("halo.bridge.authority.confirmed")).isZero();
    }

    @Test
    void asksForAConfirmationWhereOnlyTheVersionHasChanged() {
        // Given
        bridge.open();
        bridge.registry.versions = Map.of("Zedmed:ID1", 5L);

        // When
        bridge.sessions.linkChanged(bridge.linkId);

        // Then
        assertThat(bridge.socket.sent(Frame.Authority.class)).hasSize(1);
    }
}
