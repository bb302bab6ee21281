package dev.halo.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.halo.messaging.SlotBeacon.LossCause;
import dev.halo.protocol.session.SlotRecord;
import dev.halo.protocol.session.SlotRecord.Kind;
import dev.halo.protocol.session.SlotRecord.State;
import dev.halo.protocol.topic.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotBeaconIT {

    private static final int SLOT = 3;
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final List<SlotBeacon> beacons = new ArrayList<>();
    private final List<LossCause> losses = new CopyOnWriteArrayList<>();
    private TestKafka kafka;
    private SlotDirectory slots;

    @BeforeEach
    void connect() throws Exception {
        kafka = TestKafka.withTopics(Topic.SLOT_BEATS);
        slots = new SlotDirectory(kafka.settings()).start();
        slots.loaded().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void disconnect() {
        beacons.forEach(SlotBeacon::close);
        slots.close();
        kafka.close();
    }

    @Test
    void aSlotIsClaimedAndEverybodyHearsIt() throws Exception {
        // When a beacon claims a free slot
        SlotBeacon beacon = claim(losses::add);

        // Then it holds it, and others see it live
        assertThat(beacon.isHeld()).isTrue();
        assertThat(beacon.slot()).isEqualTo(SLOT);
        await().atMost(TestKafka.PATIENCE).until(() -> slots.isLive(Kind.ROUTING, SLOT, beacon.incarnation()));
        assertThat(slots.isLive(Kind.GATEWAY, SLOT, beacon.incarnation())).isFalse();
        assertThat(slots.isLive(Kind.ROUTING, SLOT + 1, beacon.incarnation())).isFalse();
        assertThat(losses).isEmpty();
    }

    @Test
    void itBeatsAgainAndAgain() throws Exception {
        SlotBeacon beacon = claim(losses::add);
        await().atMost(TestKafka.PATIENCE).until(() -> slots.isLive(Kind.ROUTING, SLOT, beacon.incarnation()));

        Instant first =
                slots.lastHeard(Kind.ROUTING, SLOT, beacon.incarnation()).orElseThrow();

        await().atMost(TestKafka.PATIENCE).until(() -> slots.lastHeard(Kind.ROUTING, SLOT, beacon.incarnation())
                .orElseThrow()
                .isAfter(first.plus(INTERVAL.multipliedBy(5))));
    }

    @Test
    void ofTwoInstancesTheNewerKeepsTheSlot() throws Exception {
        // Given an instance that holds the slot
        List<LossCause> newerLosses = new CopyOnWriteArrayList<>();
        SlotBeacon older = claim(losses::add);

        // When a newer one claims it
        SlotBeacon newer = claim(newerLosses::add);

        // Then the older is told why it lost, once, and the newer keeps it
        await().atMost(TestKafka.PATIENCE).until(() -> !losses.isEmpty());
        assertThat(losses).containsExactly(LossCause.NEWER_INCARNATION);
        assertThat(older.isHeld()).isFalse();
        assertThat(newer.isHeld()).isTrue();
        assertThat(newerLosses).isEmpty();
        await().atMost(TestKafka.PATIENCE).until(() -> slots.isLive(Kind.ROUTING, SLOT, newer.incarnation()));
        assertThat(slots.isLive(Kind.ROUTING, SLOT, older.incarnation())).isFalse();
    }

    @Test
    void theNewerKeepsTheSlotWhileTheOldStillBeats() throws Exception {
        // Given an old instance that does not notice anything
        SlotRecord zombie = new SlotRecord(Kind.ROUTING, SLOT, UUID.randomUUID(), Instant.now(), State.ACTIVE);
        kafka.put(zombie);
        SlotBeacon newer = claim(losses::add);

        // When it goes on to beat, and another service's instance of the same number beats too
        for (int i = 0; i < 5; i++) {
            kafka.put(zombie);
            kafka.put(new SlotRecord(Kind.GATEWAY, SLOT, UUID.randomUUID(), Instant.now(), State.ACTIVE));
        }

        // Then the newer has read all that, and keeps the slot
        UUID last = UUID.randomUUID();
        kafka.put(new SlotRecord(Kind.ROUTING, SLOT + 1, last, Instant.now(), State.ACTIVE));
        await().atMost(TestKafka.PATIENCE).until(() -> slots.isLive(Kind.ROUTING, SLOT + 1, last));
        Instant read = slots.now();
        await().atMost(TestKafka.PATIENCE).until(() -> slots.lastHeard(Kind.ROUTING, SLOT, newer.incarnation())
                .orElseThrow()
                .isAfter(read.plus(INTERVAL.multipliedBy(3))));
        assertThat(newer.isHeld()).isTrue();
        assertThat(losses).isEmpty();
        assertThat(slots.isLive(Kind.ROUTING, SLOT, zombie.incarnation())).isFalse();
    }

    @Test
    void aBeaconThatLostSaysNothingMore() throws Exception {
        // Given an instance that lost its slot to a newer one
        SlotBeacon older = claim(losses::add);
        SlotBeacon newer = claim(cause -> {});
        await().atMost(TestKafka.PATIENCE).until(() -> !losses.isEmpty());

        // When it stops
        older.close();

        // Then the slot is still the newer one's, and alive
        await().atMost(TestKafka.PATIENCE).until(() -> slots.isLive(Kind.ROUTING, SLOT, newer.incarnation()));
        assertThat(newer.isHeld()).isTrue();
    }

    @Test
    void theListenerMayCloseTheBeacon() throws Exception {
        // Given an instance that closes itself as soon as it has lost
        List<SlotBeacon> own = new CopyOnWriteArrayList<>();
        List<Duration> took = new CopyOnWriteArrayList<>();
        own.add(claim(cause -> {
            long start = System.nanoTime();
            own.get(0).close();
            took.add(Duration.ofNanos(System.nanoTime() - start));
        }));

        // When it loses
        claim(cause -> {});

        // Then it does not wait for itself
        await().atMost(TestKafka.PATIENCE).until(() -> !took.isEmpty());
        assertThat(took.get(0)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void drainingIsSaidAndTheSlotKept() throws Exception {
        SlotBeacon beacon = claim(losses::add);

        beacon.drain();

        await().atMost(TestKafka.PATIENCE)
                .until(() ->
                        slots.owner(Kind.ROUTING, SLOT).map(SlotRecord::state).orElse(null) == State.DRAINING);
        assertThat(beacon.isHeld()).isTrue();
        assertThat(slots.isLive(Kind.ROUTING, SLOT, beacon.incarnation())).isTrue();
    }

    @Test
    void stoppingIsTheLastThingSaid() throws Exception {
        // Given an instance that beats as fast as it can
        SlotBeacon beacon = claim(losses::add, Duration.ofMillis(1));

        // When it stops, twice
        beacon.close();
        beacon.close();

        // Then others see at once that it is gone, and nothing comes after
        await().atMost(TestKafka.PATIENCE)
                .until(() ->
                        slots.owner(Kind.ROUTING, SLOT).map(SlotRecord::state).orElse(null) == State.STOPPED);
        UUID marker = UUID.randomUUID();
        kafka.put(new SlotRecord(Kind.ROUTING, SLOT + 1, marker, Instant.now(), State.ACTIVE));
        await().atMost(TestKafka.PATIENCE).until(() -> slots.isLive(Kind.ROUTING, SLOT + 1, marker));
        assertThat(slots.owner(Kind.ROUTING, SLOT).orElseThrow().state()).isEqualTo(State.STOPPED);
        assertThat(slots.isLive(Kind.ROUTING, SLOT, beacon.incarnation())).isFalse();
        assertThat(beacon.isHeld()).isFalse();
        assertThat(losses).isEmpty();
    }

    @Test
    void aBeaconThatWasNeverStartedSaysNothing() throws Exception {
        // Given an owner of the slot, and another beacon of it that never starts
        SlotBeacon owner = claim(losses::add);
        SlotBeacon idle = new SlotBeacon(kafka.settings(), kafka.producer(), Kind.ROUTING, SLOT, cause -> {});

        // When that one is closed
        idle.close();

        // Then the owner is not disturbed
        UUID marker = UUID.randomUUID();
        kafka.put(new SlotRecord(Kind.ROUTING, SLOT + 1, marker, Instant.now(), State.ACTIVE));
        await().atMost(TestKafka.PATIENCE).until(() -> slots.isLive(Kind.ROUTING, SLOT + 1, marker));
        assertThat(owner.isHeld()).isTrue();
        assertThat(losses).isEmpty();
        assertThat(idle.claimed().toCompletableFuture()).isCompletedExceptionally();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 32})
    void aSlotOutsideTheBoundsIsRefused(int slot) {
        assertThatThrownBy(() -> new SlotBeacon(kafka.settings(), kafka.producer(), Kind.ROUTING, slot, cause -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 0 to 31");
    }

    private SlotBeacon claim(SlotBeacon.LossListener listener) throws Exception {
        return claim(listener, INTERVAL);
    }

    private SlotBeacon claim(SlotBeacon.LossListener listener, Duration interval) throws Exception {
        SlotBeacon beacon = new SlotBeacon(
                kafka.settings(), kafka.producer(), Kind.ROUTING, SLOT, listener, interval, SlotBeacon.MUTE_LIMIT);
        beacons.add(beacon);
        beacon.start().claimed().toCompletableFuture().get(30, TimeUnit.SECONDS);
        return beacon;
    }
}
