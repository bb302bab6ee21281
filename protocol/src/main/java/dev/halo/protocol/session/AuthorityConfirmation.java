package dev.halo.protocol.session;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * A Link has applied what it was told about authority; on {@code halo.sessions} under {@link #key()}, which no
 * {@link SessionRecord} has. From then on it starts nothing more on a site that is not authoritative.
 *
 * @param sessionId of the session in which it was told
 * @param versions of the authority records that it was told of, by {@link
 *     dev.halo.protocol.site.AuthorityRecord#key()}: of each PMS ID of which the Link has a site
 * @param at when the bridge heard it, by the bridge's clock
 */
public record AuthorityConfirmation(UUID linkId, UUID sessionId, Map<String, Long> versions, Instant at) {

    private static final String KEY_PREFIX = "authority:";

    public AuthorityConfirmation {
        Objects.requireNonNull(linkId, "linkId");
        Objects.requireNonNull(sessionId, "sessionId");
        Objects.requireNonNull(at, "at");
        versions = versions == null ? Map.of() : Map.copyOf(versions);
    }

    /** The Kafka key. */
    public String key() {
        return keyOf(linkId);
    }

    public static String keyOf(UUID linkId) {
        return KEY_PREFIX + linkId;
    }

    /** Whether a record of {@code halo.sessions} is a confirmation and not a {@link SessionRecord}. */
    public static boolean isKey(String key) {
        return key != null && key.startsWith(KEY_PREFIX);
    }
}
