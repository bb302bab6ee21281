package dev.halo.registry.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.embedded.EmbeddedKafka;
import dev.halo.embedded.EmbeddedPostgres;
import dev.halo.messaging.KafkaSettings;
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
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;

/** Relays by themselves, on a database and topics of their own. */
final class RelayHarness implements AutoCloseable {

    static final Duration SOON = Duration.ofSeconds(60);

    private final EmbeddedPostgres postgres = EmbeddedPostgres.shared();
    private final List<Running> running = new ArrayList<>();
    private final String database;
    private final KafkaSettings kafka;
    private final RegistryConfig config;

    /** A relay of a process of its own. */
    record Running(OutboxRelay relay, RelayStatus status, Acknowledgements acknowledgements, Thread thread) {
        void stop() throws InterruptedException {
            relay.stop();
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    /** @param topics before the names of its topics */
    RelayHarness(String database, String topics) {
        this.database = database;
        this.kafka = new KafkaSettings(
                EmbeddedKafka.shared().bootstrapServers(), topics + ".", 1, 1, Duration.ofSeconds(15), Map.of());
        postgres.createDatabase(database);
        Flyway.configure()
                .dataSource(postgres.jdbcUrl(database), postgres.user(), postgres.password())
                .schemas("registry")
                .defaultSchema("registry")
                .load()
                .migrate();
        this.config = new SmallRyeConfigBuilder()
                .withMapping(RegistryConfig.class)
                .withSources(new PropertiesConfigSource(settings(), "test", 100))
                .build()
                .getConfigMapping(RegistryConfig.class);
    }

    private Map<String, String> settings() {
        return Map.of(
                "halo.registry.link-token-private-key",
                "key",
                "halo.registry.database.host",
                postgres.host(),
                "halo.registry.database.port",
                Integer.toString(postgres.port()),
                "halo.registry.database.name",
                database,
                "halo.registry.database.user",
                postgres.user(),
                "halo.registry.database.password",
                postgres.password(),
                "halo.registry.outbox.batch-size",
                "3",
                "halo.registry.outbox.poll-interval",
                "PT0.2S");
    }

    /** A name that nothing else has. */
    static String unique(String kind) {
        return kind + "_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    }

    Running start() {
        return start(of -> List.of());
    }

    /** @param snapshots what the database holds */
    Running start(Function<RegistryConfig, List<Snapshot>> snapshots) {
        RelayStatus status = new RelayStatus(new SimpleMeterRegistry(), Clock.systemUTC());
        Acknowledgements acknowledgements = new Acknowledgements(config);
        OutboxRelay relay =
                new OutboxRelay(config, kafka, snapshots.apply(config), acknowledgements, status, Clock.systemUTC());
        Thread thread = new Thread(relay, "relay-it");
        thread.start();
        Running started = new Running(relay, status, acknowledgements, thread);
        running.add(started);
        return started;
    }

    void store(UUID command, Publication publication) throws SQLException {
        try (Connection connection = postgres.connect(database);
                var insert = connection.prepareStatement(
                        "insert into registry.outbox (command_id, topic, record_key, record_value) values (?, ?, ?, ?)")) {
            insert.setObject(1, command);
            insert.setString(2, publication.topic().name());
            insert.setString(3, publication.key());
            insert.setString(4, publication.value());
            insert.executeUpdate();
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = postgres.connect(database);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the one row. */
    long number(String sql) throws SQLException {
        try (Connection connection = postgres.connect(database);
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    void awaitEmpty(Running relay) {
        Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(number("select count(*) from registry.outbox"))
                .isZero());
        assertThat(relay.status().state()).isEqualTo(RelayState.PUBLISHING);
    }

    static void awaitState(Running relay, RelayState state) {
        Awaitility.await().atMost(SOON).until(() -> relay.status().state() == state);
    }

    TopicReader reader() {
        return new TopicReader(kafka.bootstrapServers(), kafka.topicPrefix());
    }

    <T> T last(Topic topic, String key, Class<T> type) {
        List<T> values = reader().values(topic, key, type);
        return values.isEmpty() ? null : values.get(values.size() - 1);
    }

    @Override
    public void close() throws InterruptedException {
        for (Running one : running) {
            one.stop();
        }
    }
}
