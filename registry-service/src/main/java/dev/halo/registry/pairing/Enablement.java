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

/**
 * A practice has enabled an integrator, as its Link reports. One that was withdrawn keeps its row, so that its version
 * goes on growing.
 */
@Entity
@Table(name = "enablement")
@IdClass(Enablement.Key.class)
public class Enablement {

    /** The primary key. */
    public record Key(UUID siteId, UUID integratorId) implements Serializable {}

    @Id
    @Column(name = "site_id")
    private UUID siteId;

    @Id
    @Column(name = "integrator_id")
    private UUID integratorId;

    private boolean active;

    @Column(name = "changed_at")
    private Instant changedAt;

    private long version;

    protected Enablement() {}

    static Enablement reported(UUID siteId, UUID integratorId, Instant at, long version) {
        Enablement enablement = new Enablement();
        enablement.siteId = siteId;
        enablement.integratorId = integratorId;
        enablement.active = true;
        enablement.changedAt = at;
        enablement.version = version;
        return enablement;
    }

    public UUID siteId() {
        return siteId;
    }

    public UUID integratorId() {
        return integratorId;
    }

    public boolean isActive() {
        return active;
    }

    void change(boolean nowActive, Instant at) {
        active = nowActive;
        changedAt = at;
        version++;
    }

    /** What is published. */
    public IntegratorFact.Enablement toFact() {
        return new IntegratorFact.Enablement(integratorId, siteId, active, version);
    }
}
