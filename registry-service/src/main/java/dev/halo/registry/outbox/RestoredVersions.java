package dev.halo.registry.outbox;

import dev.halo.messaging.CompactedView;
import dev.halo.messaging.KafkaSettings;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
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

    /**
     * The topics hold records, and this database neither remembers these topics nor has any of their sites, integrators,
     * pairings or enablements: more likely it is the wrong one than a restored one.
     */
    static final class ForeignDatabase extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ForeignDatabase(int records) {
            super("the topics hold " + records + " records that this database has never written: check"
                    + " halo.registry.database.* and halo.kafka.topic-prefix, or delete the topics to begin anew");
        }
    }

    /**
     * How long the topics may take.
     *
     * @param stall without a record, after which they cannot be read
     * @param stopping whether nobody needs the comparison any more
     */
    record Patience(Duration stall, BooleanSupplier stopping) {}

    /** What of every record is read. */
    record Version(long version) {}

    private static final Logger LOG = Logger.getLogger(RestoredVersions.class);

    private final OutboxConnection connection;
    private final List<Snapshot> snapshots;
    private final Map<Topic, Map<String, Long>> published = new EnumMap<>(Topic.class);
    private int behind;
    private boolean known;

    private RestoredVersions(OutboxConnection connection, List<Snapshot> snapshots) {
        this.connection = connection;
        this.snapshots = snapshots;
    }

    /**
     * Compares, and mends what is to be mended. The caller has the relay's lock.
     *
     * @throws KafkaException when the topics cannot be read, or nobody needs it any more
     * @throws ForeignDatabase when nothing may be published
     */
    static void check(
            OutboxConnection connection,
            OutboxTopics topics,
            KafkaSettings kafka,
            Patience patience,
            List<Snapshot> snapshots,
            Instant now)
            throws SQLException {
        RestoredVersions versions = new RestoredVersions(connection, snapshots);
        versions.read(kafka, patience);
        versions.mend(topics, now);
    }

    private void read(KafkaSettings kafka, Patience patience) {
        Map<Topic, CompactedView<Long>> views = new EnumMap<>(Topic.class);
        Map<Topic, TopicLoading> loading = new EnumMap<>(Topic.class);
        try {
            for (Topic topic : Publication.TOPICS) {
                TopicLoading progress = new TopicLoading(topic, patience, System::nanoTime);
                CompactedView<Long> view = view(kafka, topic);
                view.addListener((key, version) -> progress.recordCame());
                loading.put(topic, progress);
                views.put(topic, view.start());
            }
            views.forEach((topic, view) -> {
                loading.get(topic).await(view.loaded().toCompletableFuture());
                published.put(topic, new HashMap<>(view.all()));
            });
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

    private void mend(OutboxTopics topics, Instant now) throws SQLException {
        long highest = published.values().stream()
                .flatMap(held -> held.values().stream())
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        int records = published.values().stream().mapToInt(Map::size).sum();
        long floor = connection.versionFloor();
        known = remembersAny(topics);
        compare();
        if (records > 0 && !known) {
            throw new ForeignDatabase(records);
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

    /** Kafka gives each topic an id of its own: only the database that wrote it, or a backup of that, remembers it. */
    private boolean remembersAny(OutboxTopics topics) throws SQLException {
        return !Collections.disjoint(
                topics.topicIds().entrySet(), connection.publishedTopics().entrySet());
    }

    private void compare() throws SQLException {
        var read = connection.beginSnapshot();
        try {
            for (Snapshot snapshot : snapshots) {
                snapshot.read(read, stored -> {
                    Long there = published.get(stored.topic()).remove(stored.key());
                    // Keys of authority say nothing: they are the practices' own, and the same in every deployment.
                    known |= there != null && stored.topic() != Topic.AUTHORITY;
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
