package dev.halo.registry.outbox;

import dev.halo.protocol.header.MessageType;
import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.json.Json;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * A record that is to be published.
 *
 * @param topic one of {@link #TOPICS}
 * @param key under which compaction keeps the last
 * @param value its JSON
 */
public record Publication(Topic topic, String key, String value) {

    /** The topics that the registry alone writes. */
    public static final List<Topic> TOPICS = List.of(Topic.SITES, Topic.AUTHORITY, Topic.INTEGRATORS);

    public Publication {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        if (!TOPICS.contains(topic)) {
            throw new IllegalArgumentException("not a topic of the registry: " + topic);
        }
        // Checked before it is stored: a record that the broker refuses would hold up all that come after it.
        if (value.getBytes(StandardCharsets.UTF_8).length > topic.maxMessageBytes() - 1_024) {
            throw new IllegalArgumentException("a record is larger than " + topic.baseName() + " takes");
        }
    }

    public static Publication of(SiteRecord site) {
        return new Publication(Topic.SITES, site.siteId().toString(), json(site));
    }

    public static Publication of(AuthorityRecord authority) {
        return new Publication(Topic.AUTHORITY, authority.key(), json(authority));
    }

    public static Publication of(IntegratorFact fact) {
        return new Publication(Topic.INTEGRATORS, fact.key(), json(fact));
    }

    /** What the headers call the value. */
    public MessageType type() {
        return switch (topic) {
            case SITES -> MessageType.SITE;
            case AUTHORITY -> MessageType.AUTHORITY;
            default -> MessageType.INTEGRATOR_FACT;
        };
    }

    private static String json(Object record) {
        return new String(Json.bytes(record), StandardCharsets.UTF_8);
    }
}
