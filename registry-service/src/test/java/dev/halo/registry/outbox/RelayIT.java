package dev.halo.registry.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.outbox.RelayHarness.Running;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The relay by itself: as it is after a restart, and as one of several. */
class RelayIT {

    private static final String DATABASE = RelayHarness.unique("relay");

    private RelayHarness relays;

    @BeforeEach
    void database() {
        relays = new RelayHarness(DATABASE, DATABASE);
    }

    @AfterEach
    void stop() throws InterruptedException {
        relays.close();
    }

    @Test
    void rowsThatWereLeftBehindArePublishedInOrder() throws SQLException {
        // Given
        UUID integrator = UUID.randomUUID();
        UUID site = UUID.randomUUID();
        for (int version = 1; version <= 10; version++) {
            store(UUID.randomUUID(), new IntegratorFact.Pairing(integrator, site, version % 2 == 1, version));
        }

        // When
        Running relay = relays.start();

        // Then
        relays.awaitEmpty(relay);
        assertThat(versions(IntegratorFact.Pairing.keyOf(integrator, site)))
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    }

    @Test
    void aCommandLargerThanABatchIsPublishedWhole() throws SQLException {
        // Given
        UUID command = UUID.randomUUID();
        UUID site = UUID.randomUUID();
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            IntegratorFact fact = new IntegratorFact.Pairing(UUID.randomUUID(), site, true, 1);
            keys.add(fact.key());
            store(command, fact);
        }

        // When
        Running relay = relays.start();

        // Then
        relays.awaitEmpty(relay);
        assertThat(relays.reader().records(Topic.INTEGRATORS))
                .extracting(record -> record.key())
                .containsAll(keys);
    }

    @Test
    void aCommandIsAcknowledgedInTheProcessThatWaitsForIt() throws SQLException {
        // Given
        Running first = relays.start();
        RelayHarness.awaitState(first, RelayState.PUBLISHING);
        Running second = relays.start();
        RelayHarness.awaitState(second, RelayState.STANDBY);
        UUID command = UUID.randomUUID();
        var published = second.acknowledgements().expect(command);

        // When
        store(command, new IntegratorFact.Pairing(UUID.randomUUID(), UUID.randomUUID(), true, 1));
        second.acknowledgements().committed(command);

        // Then
        Awaitility.await().atMost(RelayHarness.SOON).until(published::isDone);
        assertThat(published.join()).isTrue();
    }

    @Test
    void whenOneStopsTheOtherGoesOn() throws SQLException, InterruptedException {
        // Given
        Running first = relays.start();
        RelayHarness.awaitState(first, RelayState.PUBLISHING);
        Running second = relays.start();
        RelayHarness.awaitState(second, RelayState.STANDBY);

        // When
        first.stop();
        UUID integrator = UUID.randomUUID();
        UUID site = UUID.randomUUID();
        store(UUID.randomUUID(), new IntegratorFact.Pairing(integrator, site, true, 1));

        // Then
        RelayHarness.awaitState(second, RelayState.PUBLISHING);
        relays.awaitEmpty(second);
        assertThat(versions(IntegratorFact.Pairing.keyOf(integrator, site))).containsExactly(1L);
    }

    private void store(UUID command, IntegratorFact fact) throws SQLException {
        relays.store(command, Publication.of(fact));
    }

    private List<Long> versions(String key) {
        return relays.reader().values(Topic.INTEGRATORS, key, IntegratorFact.class).stream()
                .map(IntegratorFact::version)
                .toList();
    }
}
