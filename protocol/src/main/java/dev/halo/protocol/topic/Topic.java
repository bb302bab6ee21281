package dev.halo.protocol.topic;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The suite's Kafka topics: the one place where they are declared. Result rows beyond
 * {@link dev.halo.protocol.query.QueryBounds#MAX_INLINE_RESULT_BYTES} never enter Kafka.
 */
public enum Topic {
    /** Queries and cancels; key Halo GUID; partition = slot of the bridge with the site's session. */
    QUERIES("halo.queries", Topic.SLOTS, Duration.ofMinutes(15), 1024 * 1024),
    /** Outcomes for a gateway that waits; key query id; partition = slot of that gateway. */
    REPLIES("halo.replies", Topic.SLOTS, Duration.ofMinutes(10), 512 * 1024),
    /** Life of async and registered queries; key query id, of session events the Link GUID. */
    RESULTS("halo.results", 8, Duration.ofHours(6), 512 * 1024),
    /** {@link dev.halo.protocol.session.SessionRecord}; key Link GUID. */
    SESSIONS("halo.sessions", 4, null, 64 * 1024),
    /** {@link dev.halo.protocol.session.SlotRecord}; one partition, so that all slots' beats have one order. */
    SLOT_BEATS("halo.slots", 1, null, 64 * 1024),
    /** {@link dev.halo.protocol.site.SiteRecord}; key Halo GUID. */
    SITES("halo.sites", 4, null, 64 * 1024),
    /** {@link dev.halo.protocol.site.AuthorityRecord}; key PMS type and PMS ID. */
    AUTHORITY("halo.authority", 1, null, 64 * 1024),
    /** {@link dev.halo.protocol.integrator.IntegratorFact}; typed key. */
    INTEGRATORS("halo.integrators", 4, null, 64 * 1024);

    /** Slots of a service, and so the most replicas of a gateway or a bridge. */
    public static final int SLOTS = 32;

    private static final Duration MAX_SEGMENT = Duration.ofMinutes(10);
    private static final Duration MAX_COMPACTION_LAG = Duration.ofHours(1);

    private final String baseName;
    private final int partitions;
    private final Duration retention;
    private final int maxMessageBytes;

    Topic(String baseName, int partitions, Duration retention, int maxMessageBytes) {
        this.baseName = baseName;
        this.partitions = partitions;
        this.retention = retention;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** The name without the deployment's prefix. */
    public String baseName() {
        return baseName;
    }

    /** The name in a deployment, whose prefix may be empty. */
    public String name(String prefix) {
        return prefix + baseName;
    }

    public int partitions() {
        return partitions;
    }

    /** Whether the last record of each key is kept for ever. */
    public boolean isCompacted() {
        return retention == null;
    }

    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /**
     * Its settings at the broker. Segments are short because nothing is deleted or compacted from the one that is
     * being written.
     */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        if (isCompacted()) {
            settings.put("cleanup.policy", "compact");
            settings.put("segment.ms", millis(MAX_SEGMENT));
            settings.put("max.compaction.lag.ms", millis(MAX_COMPACTION_LAG));
        } else {
            settings.put("cleanup.policy", "delete");
            settings.put("retention.ms", millis(retention));
            settings.put("segment.ms", millis(retention.compareTo(MAX_SEGMENT) < 0 ? retention : MAX_SEGMENT));
        }
        settings.put("max.message.bytes", Integer.toString(maxMessageBytes));
        return settings;
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }
}
