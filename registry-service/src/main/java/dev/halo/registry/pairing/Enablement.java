package dev.halo.registry.pairing;

import dev.halo.protocol.integrator.IntegratorFact;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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

    /** Later than the change before, also when the clock was set back: gateways tell enablings apart by it. */
    void change(boolean nowActive, Instant at) {
        active = nowActive;
        Instant earliest = changedAt.truncatedTo(ChronoUnit.MILLIS).plusMillis(1);
        changedAt = at.isBefore(earliest) ? earliest : at;
        version++;
    }

    /** What is published. */
    public IntegratorFact.Enablement toFact() {
        return fact(integratorId, siteId, active, changedAt, version);
    }

    static IntegratorFact.Enablement fact(
            UUID integratorId, UUID siteId, boolean active, Instant changedAt, long version) {
        return new IntegratorFact.Enablement(
                integratorId, siteId, active, active ? changedAt.truncatedTo(ChronoUnit.MILLIS) : null, version);
    }
}
