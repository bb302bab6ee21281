package dev.halo.protocol.site;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * Which Link integrators may query for a PMS ID; published on {@code halo.authority} under {@link #key()}.
 *
 * @param linkId null when no Link is authoritative
 * @param siteId of that Link, the site that answers to the PMS ID; null when no Link is authoritative
 * @param version grows with each switch; the highest wins
 */
public record AuthorityRecord(PmsType pmsType, String pmsId, UUID linkId, UUID siteId, Instant since, long version) {
    public AuthorityRecord {
        Objects.requireNonNull(pmsType, "pmsType");
        Objects.requireNonNull(pmsId, "pmsId");
    }

    /** The Kafka key. */
    public String key() {
        return keyOf(pmsType, pmsId);
    }

    public static String keyOf(PmsType pmsType, String pmsId) {
        return pmsType.bodyName() + ":" + pmsId;
    }
}
