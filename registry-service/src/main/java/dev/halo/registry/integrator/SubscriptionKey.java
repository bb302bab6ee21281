package dev.halo.registry.integrator;

import dev.halo.protocol.integrator.IntegratorFact;
import dev.halo.protocol.integrator.IntegratorFact.KeySlot;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** A key of an integrator: only its hash. A revoked one is kept, so that its use can be told from a mistyped one. */
@Entity
@Table(name = "subscription_key")
public class SubscriptionKey {

    @Id
    @Column(name = "key_sha256")
    private String sha256;

    @Column(name = "integrator_id")
    private UUID integratorId;

    @Enumerated(EnumType.STRING)
    private KeySlot slot;

    @Column(name = "issued_at")
    private Instant issuedAt;

    @Column(name = "revoked_at")
    private Instant revokedAt;

    protected SubscriptionKey() {}

    static SubscriptionKey issued(String sha256, UUID integratorId, KeySlot slot, Instant at) {
        SubscriptionKey key = new SubscriptionKey();
        key.sha256 = sha256;
        key.integratorId = integratorId;
        key.slot = slot;
        key.issuedAt = at;
        return key;
    }

    public String sha256() {
        return sha256;
    }

    UUID integratorId() {
        return integratorId;
    }

    public KeySlot slot() {
        return slot;
    }

    public Instant issuedAt() {
        return issuedAt;
    }

    public boolean isRevoked() {
        return revokedAt != null;
    }

    void revoke(Instant at) {
        revokedAt = at;
    }

    IntegratorFact.Key toFact() {
        return new IntegratorFact.Key(sha256, slot, isRevoked());
    }
}
