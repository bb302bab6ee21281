package dev.halo.registry.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.messaging.KafkaSettings;
import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.TopicReader;
import dev.halo.registry.config.RegistryConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The relay by itself: as it is after a restart, and as one of several. */
class RelayIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static final String DATABASE =
            "relay_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final EmbeddedPostgres postgres = EmbeddedPostgres.shared();
    private final KafkaSettings kafka = new KafkaSettings(
            EmbeddedKafka.shared().bootstrapServers(), DATABASE + ".", 1, 1, Duration.ofSeconds(15), Map.of());
    private final List<Running> running = new ArrayList<>();
    private RegistryConfig config;

    private record Running(OutboxRelay relay, RelayStatus status, Acknowledgements acknowledgements, Thread thread) {
        void stop() throws InterruptedException {
            relay.stop();
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @BeforeEach
    void database() {
        postgres.createDatabase(DATABASE);
        Flyway.configure()
                .dataSource(postgres.jdbcUrl(DATABASE), postgres.user(), postgres.password())
                .schemas("registry")
                .defaultSchema("registry")
                .load()
                .migrate();
        config = new SmallRyeConfigBuilder()
                .withMapping(RegistryConfig.class)
                .withSources(new PropertiesConfigSource(
                        Map.of(
                                "halo.registry.link-token-private-key",
                                "key",
                                "halo.registry.database.host",
                                postgres.host(),
                                "halo.registry.database.port",
                                Integer.toString(postgres.port()),
                                "halo.registry.database.name",
                                DATABASE,
                                "halo.registry.database.user",
                                postgres.user(),
                                "halo.registry.database.password",
                                postgres.password(),
                                "halo.registry.outbox.batch-size",
                                "3",
                                "halo.registry.outbox.poll-interval",
                                "PT0.2S"),
                        "test",
                        100))
                .build()
                .getConfigMapping(RegistryConfig.class);
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Running one : running) {
            one.stop();
        }
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
        Running relay = start();

        // Then
        awaitEmpty(relay);
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
        Running relay = start();

        // Then
        awaitEmpty(relay);
        assertThat(reader().records(Topic.INTEGRATORS))
                .extracting(record -> record.key())
                .containsAll(keys);
    }

    @Test
    void aCommandIsAcknowledgedInTheProcessThatWaitsForIt() throws SQLException {
        // Given
        Running first = start();
        awaitState(first, RelayState.PUBLISHING);
        Running second = start();
        awaitState(second, RelayState.STANDBY);
        UUID command = UUID.randomUUID();
        var published = second.acknowledgements().expect(command);

        // When
        store(command, new IntegratorFact.Pairing(UUID.randomUUID(), UUID.randomUUID(), true, 1));
        second.acknowledgements().committed(command);

        // Then
        Awaitility.await().atMost(SOON).until(published::isDone);
        assertThat(published.join()).isTrue();
    }

    @Test
    void whenOneStopsTheOtherGoesOn() throws SQLException, InterruptedException {
        // Given
        Running first = start();
        awaitState(first, RelayState.PUBLISHING);
        Running second = start();
        awaitState(second, RelayState.STANDBY);

        // When
        first.stop();
        UUID integrator = UUID.randomUUID();
        UUID site = UUID.randomUUID();
        store(UUID.randomUUID(), new IntegratorFact.Pairing(integrator, site, true, 1));

        // Then
        awaitState(second, RelayState.PUBLISHING);
        awaitEmpty(second);
        assertThat(versions(IntegratorFact.Pairing.keyOf(integrator, site))).containsExactly(1L);
    }

    private Running start() {
        RelayStatus status = new RelayStatus(new SimpleMeterRegistry(), Clock.systemUTC());
        Acknowledgements acknowledgements = new Acknowledgements(config);
        OutboxRelay relay = new OutboxRelay(config, kafka, List.of(), acknowledgements, status, Clock.systemUTC());
        Thread thread = new Thread(relay, "relay-it");
        thread.start();
        Running started = new Running(relay, status, acknowledgements, thread);
        running.add(started);
        return started;
    }

    private void store(UUID command, IntegratorFact fact) throws SQLException {
        Publication publication = Publication.of(fact);
        try (Connection connection = postgres.connect(DATABASE);
                var insert = connection.prepareStatement(
                        "insert into registry.outbox (command_id, topic, record_key, record_value) values (?, ?, ?, ?)")) {
            insert.setObject(1, command);
            insert.setString(2, publication.topic().name());
            insert.setString(3, publication.key());
            insert.setString(4, publication.value());
            insert.executeUpdate();
        }
    }

    private void awaitEmpty(Running relay) {
        Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(rows()).isZero());
        assertThat(relay.status().state()).isEqualTo(RelayState.PUBLISHING);
    }

    private long rows() throws SQLException {
        try (Connection connection = postgres.connect(DATABASE);
                var statement = connection.createStatement();
                var result = statement.executeQuery("select count(*) from registry.outbox")) {
            result.next();
            return result.getLong(1);
        }
    }

    private static void awaitState(Running relay, RelayState state) {
        Awaitility.await().atMost(SOON).until(() -> relay.status().state() == state);
    }

    private TopicReader reader() {
        return new TopicReader(kafka.bootstrapServers(), kafka.topicPrefix());
    }

    private List<Long> versions(String key) {
        return reader().values(Topic.INTEGRATORS, key, IntegratorFact.class).stream()
                .map(IntegratorFact::version)
                .toList();
    }
}
