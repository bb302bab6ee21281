package dev.halo.registry.outbox;

import dev.halo.messaging.CompactedView;
import dev.halo.messaging.KafkaSettings;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * Compares the topics with the database before anything is published. A database that was restored from a backup is
 * behind them, and since the highest version wins everywhere, nobody would hear what it says. Then all that it has gets
 * versions above theirs and is published again, and what it does not know is taken out of the topics: no operator could
 * suspend or remove it.
 *
 * <p>The topics are read first, and everything is stored before it is published; so a database that was not restored is
 * never behind.
 */
final class RestoredVersions {

    /** The topics hold sites and the database has none of them: more likely it is the wrong one than a restored one. */
    static final class ForeignDatabase extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ForeignDatabase(int sites) {
            super("the topics hold " + sites + " sites and this database has none of them: check"
                    + " halo.registry.database.* and halo.kafka.topic-prefix, or delete the topics to begin anew");
        }
    }

    /** What of every record is read. */
    record Version(long version) {}

    private static final Logger LOG = Logger.getLogger(RestoredVersions.class);

    private final OutboxConnection connection;
    private final List<Snapshot> snapshots;
    private final Map<Topic, Map<String, Long>> published = new EnumMap<>(Topic.class);
    private int behind;
    private boolean anySiteShared;

    private RestoredVersions(OutboxConnection connection, List<Snapshot> snapshots) {
        this.connection = connection;
        this.snapshots = snapshots;
    }

    /**
     * Compares, and mends what is to be mended. The caller has the relay's lock.
     *
     * @throws KafkaException when the topics cannot be read
     * @throws ForeignDatabase when nothing may be published
     */
    static void check(
            OutboxConnection connection,
            OutboxTopics topics,
            KafkaSettings kafka,
            List<Snapshot> snapshots,
            Instant now)
            throws SQLException {
        RestoredVersions versions = new RestoredVersions(connection, snapshots);
        versions.read(kafka);
        versions.mend(topics, now);
    }

    private void read(KafkaSettings kafka) {
        Map<Topic, CompactedView<Long>> views = new EnumMap<>(Topic.class);
        try {
            Publication.TOPICS.forEach(
                    topic -> views.put(topic, view(kafka, topic).start()));
            views.forEach((topic, view) -> published.put(topic, loaded(kafka, topic, view)));
        } finally {
            views.values().forEach(CompactedView::close);
        }
    }

    private static CompactedView<Long> view(KafkaSettings kafka, Topic topic) {
        return CompactedView.of(
                kafka,
                topic,
                RestoredVersions::version,
                (current, incoming, record) -> current == null ? incoming : Math.max(current, incoming),
                kafka.timeout());
    }

    private static Map<String, Long> loaded(KafkaSettings kafka, Topic topic, CompactedView<Long> view) {
        try {
            view.loaded().toCompletableFuture().get(kafka.timeout().toMillis(), TimeUnit.MILLISECONDS);
            return new HashMap<>(view.all());
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException(topic.baseName() + " cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", e);
        }
    }

    private void mend(OutboxTopics topics, Instant now) throws SQLException {
        long highest = published.values().stream()
                .flatMap(held -> held.values().stream())
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        int sites = published.get(Topic.SITES).size();
        long floor = connection.versionFloor();
        compare();
        // A restored database has some of them, if it is the topics' own.
        if (sites > 0 && !anySiteShared) {
            throw new ForeignDatabase(sites);
        }
        // What is left was published, and the database has never heard of it.
        boolean unheardOf = published.values().stream()
                .flatMap(held -> held.values().stream())
                .anyMatch(version -> version > floor);
        int unknown = published.values().stream().mapToInt(Map::size).sum();
        if (behind > 0 || unheardOf) {
            LOG.warnf(
                    "event=databaseRestored recordsBehind=%d recordsUnknown=%d versionsRaisedAbove=%d",
                    behind, unknown, highest);
            connection.raiseVersions(
                    highest,
                    now,
                    "{\"behind\":" + behind + ",\"unknown\":" + unknown + ",\"raisedAbove\":" + highest + "}");
        }
        published.forEach((topic, left) -> {
            if (!left.isEmpty()) {
                LOG.warnf("event=unknownRecordsWithdrawn topic=%s records=%d", topic.baseName(), left.size());
                topics.withdraw(topic, left.keySet());
            }
        });
    }

    private void compare() throws SQLException {
        var read = connection.beginSnapshot();
        try {
            for (Snapshot snapshot : snapshots) {
                snapshot.read(read, stored -> {
                    Long there = published.get(stored.topic()).remove(stored.key());
                    anySiteShared |= there != null && stored.topic() == Topic.SITES;
                    if (there != null && there > version(stored.value().getBytes(StandardCharsets.UTF_8))) {
                        behind++;
                    }
                });
            }
        } finally {
            connection.endSnapshot();
        }
    }

    private static long version(byte[] json) {
        return Json.read(json, Version.class).version();
    }
}
