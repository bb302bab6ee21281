package dev.halo.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.halo.protocol.session.SlotRecord;
import dev.halo.protocol.session.SlotRecord.Kind;
import dev.halo.protocol.session.SlotRecord.State;
import dev.halo.protocol.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlotDirectoryIT {

    private static final int SLOT = 7;

    private final UUID older = UUID.randomUUID();
    private final UUID newer = UUID.randomUUID();
    private TestKafka kafka;
    private SlotDirectory slots;

    @BeforeEach
    void connect() {
        kafka = TestKafka.withTopics(Topic.SLOT_BEATS);
        slots = new SlotDirectory(kafka.settings());
    }

    @AfterEach
    void disconnect() {
        slots.close();
        kafka.close();
    }

    @Test
    void aSlotThatNobodyClaimedIsNotLive() throws Exception {
        load();

        assertThat(slots.isLive(Kind.ROUTING, SLOT, older)).isFalse();
        assertThat(slots.owner(Kind.ROUTING, SLOT)).isEmpty();
        assertThat(slots.lastHeard(Kind.ROUTING, SLOT, older)).isEmpty();
    }

    @Test
    void aBeatMakesASlotLive() throws Exception {
        load();

        kafka.put(beat(older, State.ACTIVE));

        awaitLive(older);
        assertThat(slots.owner(Kind.ROUTING, SLOT).orElseThrow().incarnation()).isEqualTo(older);
        assertThat(slots.lastHeard(Kind.ROUTING, SLOT, older).orElseThrow())
                .isCloseTo(slots.now(), within(20, ChronoUnit.SECONDS));
    }

    @Test
    void onlyWhatTakesNewWorkIsActive() throws Exception {
        load();
        kafka.put(beat(older, State.ACTIVE));
        awaitLive(older);
        assertThat(slots.active(Kind.ROUTING)).isEqualTo(1);
        assertThat(slots.active(Kind.GATEWAY)).isZero();

        kafka.put(beat(older, State.DRAINING));

        await().atMost(TestKafka.PATIENCE).until(() -> slots.active(Kind.ROUTING) == 0);
        assertThat(slots.isLive(Kind.ROUTING, SLOT, older)).isTrue();
    }

    @Test
    void theLaterIncarnationOwnsTheSlotWhateverTheEarlierStillSends() throws Exception {
        // Given an owner and a newer one
        load();
        kafka.put(beat(older, State.ACTIVE));
        kafka.put(beat(newer, State.ACTIVE));
        awaitLive(newer);

        // When the older, which does not know it, goes on to beat, and then says that it stops
        kafka.put(beat(older, State.ACTIVE));
        kafka.put(beat(older, State.STOPPED));
        kafka.put(beat(newer, State.DRAINING));
        await().atMost(TestKafka.PATIENCE)
                .until(() -> slots.owner(Kind.ROUTING, SLOT).orElseThrow().state() == State.DRAINING);

        // Then the slot is the newer one's, and when the older was its owner is remembered
        assertThat(slots.isLive(Kind.ROUTING, SLOT, newer)).isTrue();
        assertThat(slots.isLive(Kind.ROUTING, SLOT, older)).isFalse();
        assertThat(slots.lastHeard(Kind.ROUTING, SLOT, older)).isPresent();
    }

    @Test
    void whoLoadsLaterSeesTheSameOwner() throws Exception {
        // Given a log with a zombie's beat behind its successor's
        kafka.put(beat(older, State.ACTIVE));
        kafka.put(beat(newer, State.ACTIVE));
        kafka.put(beat(older, State.ACTIVE));

        // When another process loads it
        load();

        // Then it comes to the same result
        assertThat(slots.isLive(Kind.ROUTING, SLOT, newer)).isTrue();
        assertThat(slots.isLive(Kind.ROUTING, SLOT, older)).isFalse();
    }

    @Test
    void aSlotThatStoppedIsNotLive() throws Exception {
        load();
        kafka.put(beat(older, State.ACTIVE));
        awaitLive(older);

        kafka.put(beat(older, State.STOPPED));

        await().atMost(TestKafka.PATIENCE).until(() -> !slots.isLive(Kind.ROUTING, SLOT, older));
        assertThat(slots.lastHeard(Kind.ROUTING, SLOT, older)).isPresent();
    }

    @Test
    void aBeatOfLongAgoDoesNotMakeASlotLive() throws Exception {
        // Given an instance whose last beat is older than the silence that is allowed
        kafka.put(beat(older, State.ACTIVE), SlotDirectory.SILENCE.plusSeconds(5));

        // When a process loads it
        load();

        // Then the slot is dead, and when it was heard is known
        assertThat(slots.isLive(Kind.ROUTING, SLOT, older)).isFalse();
        assertThat(slots.lastHeard(Kind.ROUTING, SLOT, older).orElseThrow())
                .isBefore(slots.now().minus(SlotDirectory.SILENCE));
    }

    @Test
    void aSlotDiesOfSilence() throws Exception {
        // Given an instance whose last beat is seconds ago
        kafka.put(beat(older, State.ACTIVE), Duration.ofSeconds(3));
        load();

        // When nothing more comes, then it is dead ten seconds after its beat
        await().atMost(TestKafka.PATIENCE).until(() -> !slots.isLive(Kind.ROUTING, SLOT, older));
        assertThat(Duration.between(slots.lastHeard(Kind.ROUTING, SLOT, older).orElseThrow(), slots.now()))
                .isGreaterThan(SlotDirectory.SILENCE);
    }

    private void load() throws Exception {
        slots.start().loaded().toCompletableFuture().get(30, TimeUnit.SECONDS);
        assertThat(slots.isLoaded()).isTrue();
    }

    private void awaitLive(UUID incarnation) {
        await().atMost(TestKafka.PATIENCE).until(() -> slots.isLive(Kind.ROUTING, SLOT, incarnation));
    }

    private static SlotRecord beat(UUID incarnation, State state) {
        return new SlotRecord(Kind.ROUTING, SLOT, incarnation, Instant.now(), state);
    }
}
