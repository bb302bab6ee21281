package dev.halo.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.protocol.json.Json;
import dev.halo.protocol.session.AuthorityConfirmation;
import dev.halo.protocol.session.SessionRecord;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import dev.halo.protocol.session.SlotRecord;
import dev.halo.protocol.site.Availability;
import dev.halo.protocol.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionDirectoryIT {

    private static final int SLOT = 5;

    private final UUID linkId = UUID.randomUUID();
    private final UUID incarnation = UUID.randomUUID();
    private TestKafka kafka;
    private SlotDirectory slots;
    private SessionDirectory sessions;

    @BeforeEach
    void connect() throws Exception {
        kafka = TestKafka.withTopics(Topic.SLOT_BEATS, Topic.SESSIONS);
        slots = new SlotDirectory(kafka.settings()).start();
        sessions = new SessionDirectory(kafka.settings(), slots).start();
        sessions.loaded().toCompletableFuture().get(30, TimeUnit.SECONDS);
        beat(incarnation, SlotRecord.State.ACTIVE);
        await().atMost(TestKafka.PATIENCE).until(() -> slots.isLive(SlotRecord.Kind.ROUTING, SLOT, incarnation));
    }

    @AfterEach
    void disconnect() {
        sessions.close();
        slots.close();
        kafka.close();
    }

    @Test
    void aLinkThatWasNeverHeardIsUnreachable() {
        assertThat(sessions.isLoaded()).isTrue();
        assertThat(sessions.presence(linkId)).isEqualTo(new LinkPresence.Never());
        assertThat(sessions.availability(linkId)).isEqualTo(Availability.UNREACHABLE);
        assertThat(sessions.lastHeard(linkId)).isEmpty();
    }

    @Test
    void anOpenSessionAtALiveBridgeIsOnline() {
        SessionRecord.Open open = open();

        kafka.put(open);

        awaitPresence(new LinkPresence.Connected(open));
        assertThat(sessions.availability(linkId)).isEqualTo(Availability.ONLINE);
        assertThat(sessions.opened(linkId)).contains(open);
        assertThat(sessions.lastHeard(linkId)).isPresent();
        assertThat(sessions.links().keySet()).isEqualTo(java.util.Set.of(linkId.toString()));
    }

    @Test
    void anOrderlyEndIsOfflineAtOnce() {
        SessionRecord.Open open = open();
        kafka.put(open);

        kafka.put(closed(open, CloseCause.CLOSED, Instant.now()));

        awaitAvailability(Availability.OFFLINE);
        assertThat(sessions.opened(linkId)).isEmpty();
        assertThat(sessions.links()).isEmpty();
    }

    @Test
    void aLostSessionIsExpectedBackForTwoMinutes() {
        // Given a session
        SessionRecord.Open open = open();
        kafka.put(open);
        awaitPresence(new LinkPresence.Connected(open));

        // When it is lost
        Instant lastHeard = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        kafka.put(closed(open, CloseCause.LOST, lastHeard));

        // Then it is away, and its site is online still
        awaitPresence(new LinkPresence.Away(open, lastHeard));
        assertThat(sessions.availability(linkId)).isEqualTo(Availability.ONLINE);
        assertThat(sessions.lastHeard(linkId)).contains(lastHeard);
    }

    @Test
    void aSessionLostTwoMinutesAgoIsUnreachable() {
        SessionRecord.Open open = open();
        kafka.put(open);

        kafka.put(closed(open, CloseCause.DRAINED, Instant.now().minus(SessionDirectory.UNREACHABLE_AFTER)));

        awaitAvailability(Availability.UNREACHABLE);
    }

    @Test
    void aLinkThatComesBackIsOnlineAgain() {
        // Given a Link that stopped in order
        SessionRecord.Open open = open();
        kafka.put(open);
        kafka.put(closed(open, CloseCause.CLOSED, Instant.now()));
        awaitAvailability(Availability.OFFLINE);

        // When it starts again
        SessionRecord.Open again = open();
        kafka.put(again);

        // Then it is connected
        awaitPresence(new LinkPresence.Connected(again));
    }

    @Test
    void theLaterOpenWinsAndTheEarliersEndChangesNothing() {
        // Given two sessions of one Link
        List<UUID> heard = new CopyOnWriteArrayList<>();
        sessions.addListener(heard::add);
        SessionRecord.Open earlier = open();
        SessionRecord.Open later = open();
        kafka.put(earlier);
        kafka.put(later);

        // When the earlier ends as superseded
        kafka.put(closed(earlier, CloseCause.SUPERSEDED, Instant.now()));
        await().atMost(TestKafka.PATIENCE).until(() -> heard.size() == 3);

        // Then the later is connected
        assertThat(heard).containsOnly(linkId);
        assertThat(sessions.presence(linkId)).isEqualTo(new LinkPresence.Connected(later));
    }

    @Test
    void aConfirmationOfAuthorityIsNoSession() {
        // Given a session, and somebody who is told of changes
        SessionRecord.Open open = open();
        kafka.put(open);
        awaitPresence(new LinkPresence.Connected(open));
        List<UUID> heard = new CopyOnWriteArrayList<>();
        sessions.addListener(heard::add);

        // When its Link confirms what it was told of authority
        AuthorityConfirmation confirmed =
                new AuthorityConfirmation(linkId, open.sessionId(), Map.of("ZEDMED:1", 7L), Instant.now());
        kafka.put(Topic.SESSIONS, confirmed.key(), Json.bytes(confirmed));

        // Then nothing changes, and later sessions are read
        SessionRecord.Open next = open();
        kafka.put(next);
        awaitPresence(new LinkPresence.Connected(next));
        assertThat(heard).containsExactly(linkId);
        assertThat(sessions.links().keySet()).isEqualTo(java.util.Set.of(linkId.toString()));
    }

    @Test
    void aSessionAtAStoppedBridgeIsAway() {
        SessionRecord.Open open = open();
        kafka.put(open);
        awaitPresence(new LinkPresence.Connected(open));

        beat(incarnation, SlotRecord.State.STOPPED);

        await().atMost(TestKafka.PATIENCE).until(() -> sessions.presence(linkId) instanceof LinkPresence.Away);
        assertThat(sessions.availability(linkId)).isEqualTo(Availability.ONLINE);
        assertThat(sessions.opened(linkId)).contains(open);
    }

    @Test
    void aSessionOfAnEarlierIncarnationIsAwaySinceThatWasHeard() {
        // Given a session at a bridge
        SessionRecord.Open open = open();
        kafka.put(open);
        awaitPresence(new LinkPresence.Connected(open));
        Instant heard =
                slots.lastHeard(SlotRecord.Kind.ROUTING, SLOT, incarnation).orElseThrow();

        // When another instance takes the bridge's slot
        beat(UUID.randomUUID(), SlotRecord.State.ACTIVE);

        // Then the session counts no longer
        awaitPresence(new LinkPresence.Away(open, heard));
    }

    @Test
    void aSessionAtABridgeThatNobodyKnowsIsAwaySinceItsStart() {
        Instant openedAt = Instant.now().minus(Duration.ofMinutes(10)).truncatedTo(ChronoUnit.MILLIS);
        SessionRecord.Open open =
                new SessionRecord.Open(linkId, UUID.randomUUID(), SLOT + 1, UUID.randomUUID(), openedAt, "1", 0);

        kafka.put(open);

        awaitPresence(new LinkPresence.Away(open, openedAt));
        assertThat(sessions.availability(linkId)).isEqualTo(Availability.UNREACHABLE);
    }

    private void beat(UUID of, SlotRecord.State state) {
        kafka.put(new SlotRecord(SlotRecord.Kind.ROUTING, SLOT, of, Instant.now(), state));
    }

    private SessionRecord.Open open() {
        return new SessionRecord.Open(
                linkId, UUID.randomUUID(), SLOT, incarnation, Instant.now().truncatedTo(ChronoUnit.MILLIS), "1", 0);
    }

    private SessionRecord.Closed closed(SessionRecord.Open session, CloseCause cause, Instant lastHeardAt) {
        return new SessionRecord.Closed(linkId, session.sessionId(), cause, lastHeardAt);
    }

    private void awaitPresence(LinkPresence presence) {
        await().atMost(TestKafka.PATIENCE)
                .untilAsserted(() -> assertThat(sessions.presence(linkId)).isEqualTo(presence));
    }

    private void awaitAvailability(Availability availability) {
        await().atMost(TestKafka.PATIENCE).until(() -> sessions.availability(linkId) == availability);
    }
}
