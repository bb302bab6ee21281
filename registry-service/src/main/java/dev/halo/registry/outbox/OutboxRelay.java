package dev.halo.registry.outbox;

import dev.halo.messaging.KafkaSettings;
import dev.halo.messaging.TopicMismatch;
import dev.halo.protocol.topic.Topic;
import dev.halo.registry.config.RegistryConfig;
import dev.halo.registry.outbox.RestoredVersions.ForeignDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * Publishes what commands left in the outbox. One thread with one connection; of all processes, the one whose
 * connection holds the lock publishes, the others only hear what was published. Whatever fails, the thread starts over
 * with a new connection: rows leave the outbox after Kafka has acknowledged them, so nothing is lost and a record may
 * come twice, with the same version.
 */
final class OutboxRelay implements Runnable {

    private static final Logger LOG = Logger.getLogger(OutboxRelay.class);
    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(100);

    private final RegistryConfig config;
    private final KafkaSettings kafka;
    private final List<Snapshot> snapshots;
    private final Acknowledgements acknowledgements;
    private final RelayStatus status;
    private final Clock clock;
    private final CountDownLatch stop = new CountDownLatch(1);
    private Duration backOff = FIRST_BACK_OFF;
    private long nextCheckNanos;

    OutboxRelay(
            RegistryConfig config,
            KafkaSettings kafka,
            List<Snapshot> snapshots,
            Acknowledgements acknowledgements,
            RelayStatus status,
            Clock clock) {
        this.config = config;
        this.kafka = kafka;
        this.snapshots = snapshots;
        this.acknowledgements = acknowledgements;
        this.status = status;
        this.clock = clock;
    }

    /** Ends the thread after what it is doing now. */
    void stop() {
        stop.countDown();
    }

    @Override
    public void run() {
        while (!stopping()) {
            try (OutboxConnection connection = OutboxConnection.open(config.database())) {
                hear(connection);
            } catch (SQLException e) {
                failed(RelayState.NO_DATABASE, "sqlState=" + e.getSQLState());
            } catch (KafkaException e) {
                failed(RelayState.NO_KAFKA, "error=" + e.getClass().getSimpleName());
            } catch (TopicMismatch e) {
                failed(RelayState.NO_KAFKA, "error=\"" + e.getMessage() + "\"");
            } catch (ForeignDatabase e) {
                failed(RelayState.FOREIGN_DATABASE, "error=\"" + e.getMessage() + "\"");
            } catch (RuntimeException e) {
                LOG.error("event=relayFailed", e);
                failed(RelayState.NO_KAFKA, "error=" + e.getClass().getSimpleName());
            }
        }
        status.state(RelayState.STOPPED);
    }

    private void hear(OutboxConnection connection) throws SQLException {
        while (!stopping()) {
            if (connection.tryLock()) {
                status.backlog(connection.backlog());
                publish(connection);
                return;
            }
            status.state(RelayState.STANDBY);
            backOff = FIRST_BACK_OFF;
            acknowledge(connection, connection.await(config.outbox().pollInterval()));
        }
    }

    private void publish(OutboxConnection connection) throws SQLException {
        try (OutboxTopics topics = OutboxTopics.open(kafka)) {
            RestoredVersions.Patience patience =
                    new RestoredVersions.Patience(config.outbox().comparisonStall(), this::stopping);
            RestoredVersions.check(connection, topics, kafka, patience, snapshots, clock.instant());
            status.compared();
            LOG.infof("event=relayPublishing topics=%d", Publication.TOPICS.size());
            nextCheckNanos = System.nanoTime();
            while (!stopping()) {
                check(connection, topics);
                status.state(RelayState.PUBLISHING);
                backOff = FIRST_BACK_OFF;
                while (publishSome(connection, topics) && !stopping()) {
                    // The next rows may be there already.
                }
                status.backlog(connection.backlog());
                acknowledge(connection, connection.await(config.outbox().pollInterval()));
            }
        }
    }

    private boolean publishSome(OutboxConnection connection, OutboxTopics topics) throws SQLException {
        List<OutboxConnection.Row> rows = connection.oldest(config.outbox().batchSize());
        if (rows.isEmpty()) {
            return false;
        }
        List<Publication> publications =
                rows.stream().map(OutboxConnection.Row::publication).toList();
        topics.publish(publications);
        Set<UUID> commands =
                rows.stream().map(OutboxConnection.Row::commandId).collect(Collectors.toCollection(LinkedHashSet::new));
        // Told before the rows are gone: should that fail they are published again, which changes nothing.
        commands.forEach(acknowledgements::acknowledged);
        connection.published(rows, commands);
        status.published(publications);
        return true;
    }

    /** Looks, now and then, whether a topic was lost and made again, and publishes everything to it. */
    private void check(OutboxConnection connection, OutboxTopics topics) throws SQLException {
        if (System.nanoTime() - nextCheckNanos < 0) {
            return;
        }
        nextCheckNanos = System.nanoTime() + config.outbox().checkInterval().toNanos();
        connection.forgetRetiredSecrets(clock.instant().minus(config.retiredSecretMemory()));
        Map<Topic, String> now = topics.topicIds();
        Map<Topic, String> before = connection.publishedTopics();
        for (Topic topic : Publication.TOPICS) {
            if (!now.get(topic).equals(before.get(topic))) {
                int records = publishAll(connection, topics, topic);
                connection.remember(topic, now.get(topic));
                LOG.infof("event=topicPublishedAnew topic=%s records=%d", topic.baseName(), records);
            }
        }
    }

    private int publishAll(OutboxConnection connection, OutboxTopics topics, Topic topic) throws SQLException {
        List<Publication> batch = new ArrayList<>();
        int[] records = {0};
        var read = connection.beginSnapshot();
        try {
            for (Snapshot snapshot : snapshots) {
                if (snapshot.topic() == topic) {
                    snapshot.read(read, publication -> {
                        batch.add(publication);
                        if (batch.size() >= config.outbox().batchSize()) {
                            records[0] += flush(topics, batch);
                        }
                    });
                }
            }
        } finally {
            connection.endSnapshot();
        }
        return records[0] + flush(topics, batch);
    }

    private int flush(OutboxTopics topics, List<Publication> batch) {
        if (batch.isEmpty()) {
            return 0;
        }
        topics.publish(batch);
        status.published(batch);
        int records = batch.size();
        batch.clear();
        return records;
    }

    private void acknowledge(OutboxConnection connection, Collection<UUID> published) throws SQLException {
        published.forEach(acknowledgements::acknowledged);
        // A notification is lost with a connection, so the rows are looked for as well.
        Set<UUID> waiting = acknowledgements.waiting();
        if (published.isEmpty() && !waiting.isEmpty()) {
            checkCommitted(connection, waiting);
        }
    }

    private void checkCommitted(OutboxConnection connection, Set<UUID> waiting) throws SQLException {
        Set<UUID> unpublished = connection.unpublished(waiting);
        waiting.stream().filter(id -> !unpublished.contains(id)).forEach(acknowledgements::acknowledged);
    }

    private void failed(RelayState state, String cause) {
        if (stopping()) {
            return;
        }
        // Of a database that is not the topics' own only a comparison that succeeds says otherwise.
        if (status.state() != RelayState.FOREIGN_DATABASE) {
            status.state(state);
        }
        LOG.warnf("event=relayPaused state=%s backOff=%s %s", state, backOff, cause);
        long spread = backOff.toMillis() / 2;
        try {
            if (stop.await(spread + ThreadLocalRandom.current().nextLong(spread + 1), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            stop.countDown();
            Thread.currentThread().interrupt();
        }
        Duration doubled = backOff.multipliedBy(2);
        Duration most = config.outbox().maxBackOff();
        backOff = doubled.compareTo(most) > 0 ? most : doubled;
    }

    private boolean stopping() {
        return stop.getCount() == 0;
    }
}
