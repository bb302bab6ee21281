package dev.halo.protocol.integrator;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * What the registry publishes on {@code halo.integrators}: three kinds of fact, each under a key of its own
 * ({@link #key()}), so that compaction keeps the last of each. {@code version} grows with each change of a fact; the
 * highest wins.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = IntegratorFact.Integrator.class, name = "integrator"),
    @JsonSubTypes.Type(value = IntegratorFact.Pairing.class, name = "pairing"),
    @JsonSubTypes.Type(value = IntegratorFact.Enablement.class, name = "enablement")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface IntegratorFact {

    long version();

    /** The Kafka key. */
    String key();

    /**
     * A company with a subscription.
     *
     * @param active false when suspended: its keys are refused
     * @param keys its active keys, at most two, and those revoked last
     * @param allowedAddresses CIDR blocks; empty: every address
     * @param tier names its limits in production; null: the default tier
     * @param webhooks where it is notified; null: nowhere
     */
    record Integrator(
            UUID integratorId,
            String name,
            boolean active,
            List<Key> keys,
            List<String> allowedAddresses,
            String tier,
            Webhooks webhooks,
            long version)
            implements IntegratorFact {

        public Integrator {
            Objects.requireNonNull(integratorId, "integratorId");
            Objects.requireNonNull(name, "name");
            keys = keys == null ? List.of() : List.copyOf(keys);
            allowedAddresses = allowedAddresses == null ? List.of() : List.copyOf(allowedAddresses);
        }

        @Override
        public String key() {
            return keyOf(integratorId);
        }

        public static String keyOf(UUID integratorId) {
            return "integrator:" + integratorId;
        }
    }

    /**
     * A subscription key, which is only kept as its hash.
     *
     * @param sha256 lower-case hex of the SHA-256 of the key's text; keys are 256 random bits, so no salt is needed
     * @param slot which of the two it is
     * @param revoked known but no longer valid, so that the answer can say so
     */
    record Key(String sha256, KeySlot slot, boolean revoked) {
        public Key {
            Objects.requireNonNull(sha256, "sha256");
            Objects.requireNonNull(slot, "slot");
        }

        /** Never the hash: who can read a log must not be able to recognise a key. */
        @Override
        public String toString() {
            return "Key[" + slot + (revoked ? ", revoked" : "") + "]";
        }
    }

    /**
     * Where an integrator is notified, and with what its notifications are signed. The URLs are templates, see
     * {@link WebhookTemplate}.
     *
     * @param url of all that has none of its own
     * @param asyncUrl of async queries; null: {@code url}
     * @param registeredUrl of registered queries; null: {@code url}
     * @param sealedSecret the signing secret, see {@link SecretSeal}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Webhooks(String url, String asyncUrl, String registeredUrl, String sealedSecret) {
        public Webhooks {
            Objects.requireNonNull(url, "url");
            Objects.requireNonNull(sealedSecret, "sealedSecret");
        }

        /** Never the URLs: receivers put secrets of their own into them. */
        @Override
        public String toString() {
            return "Webhooks";
        }
    }

    /** The two keys of an integrator, so that they rotate without downtime. */
    enum KeySlot {
        PRIMARY,
        SECONDARY
    }

    /** An integrator has paired with a site. */
    record Pairing(UUID integratorId, UUID siteId, boolean active, long version) implements IntegratorFact {
        public Pairing {
            Objects.requireNonNull(integratorId, "integratorId");
            Objects.requireNonNull(siteId, "siteId");
        }

        @Override
        public String key() {
            return keyOf(integratorId, siteId);
        }

        public static String keyOf(UUID integratorId, UUID siteId) {
            return "pairing:" + integratorId + ":" + siteId;
        }
    }

    /**
     * A practice has enabled an integrator in Zedmed, as its Link reports.
     *
     * @param enabledSince by the registry's clock, to the millisecond: later with each enabling after a disabling, so that
     *     whoever saw neither of the two can tell that they were. Null where it is not active, and from registries that do
     *     not say it
     */
    record Enablement(UUID integratorId, UUID siteId, boolean active, Instant enabledSince, long version)
            implements IntegratorFact {
        public Enablement {
            Objects.requireNonNull(integratorId, "integratorId");
            Objects.requireNonNull(siteId, "siteId");
        }

        @Override
        public String key() {
            return keyOf(integratorId, siteId);
        }

        public static String keyOf(UUID integratorId, UUID siteId) {
            return "enablement:" + integratorId + ":" + siteId;
        }
    }
}
