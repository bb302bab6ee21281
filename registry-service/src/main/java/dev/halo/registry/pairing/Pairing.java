package dev.halo.registry.pairing;

import dev.halo.protocol.integrator.IntegratorFact;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.UUID;

/** An integrator has paired with a site. A removed pairing keeps its row, so that its version goes on growing. */
@Entity
@Table(name = "pairing")
@IdClass(Pairing.Key.class)
public class Pairing {

    /** The primary key. */
    public record Key(UUID integratorId, UUID siteId) implements Serializable {}

    @Id
    @Column(name = "integrator_id")
    private UUID integratorId;

    @Id
    @Column(name = "site_id")
    private UUID siteId;

    private boolean active;

    @Column(name = "created_at")
    private Instant createdAt;

    private long version;

    protected Pairing() {}

    static Pairing created(UUID integratorId, UUID siteId, Instant at, long version) {
        Pairing pairing = new Pairing();
        pairing.integratorId = integratorId;
        pairing.siteId = siteId;
        pairing.active = true;
        pairing.createdAt = at;
        pairing.version = version;
        return pairing;
    }

    public boolean isActive() {
        return active;
    }

    UUID integratorId() {
        return integratorId;
    }

    UUID siteId() {
        return siteId;
    }

    Instant createdAt() {
        return createdAt;
    }

    long version() {
        return version;
    }

    void deactivate() {
        active = false;
        version++;
    }

    void activate() {
        active = true;
        version++;
    }

    /** What is published. */
    public IntegratorFact.Pairing toFact() {
        return new IntegratorFact.Pairing(integratorId, siteId, active, version);
    }
}
