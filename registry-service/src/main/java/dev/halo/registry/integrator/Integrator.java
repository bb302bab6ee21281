package dev.halo.registry.integrator;

import dev.halo.protocol.integrator.IntegratorFact;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** A company with a subscription. Its row is the lock of its keys. */
@Entity
@Table(name = "integrator")
public class Integrator {

    @Id
    @Column(name = "integrator_id")
    private UUID id;

    private String name;

    private boolean active;

    @Column(name = "allowed_addresses")
    @Convert(converter = AddressesConverter.class)
    private List<String> allowedAddresses;

    private String tier;

    @Column(name = "webhook_url")
    private String webhookUrl;

    @Column(name = "webhook_async_url")
    private String webhookAsyncUrl;

    @Column(name = "webhook_registered_url")
    private String webhookRegisteredUrl;

    @Column(name = "webhook_sealed_secret")
    private String webhookSealedSecret;

    @Column(name = "created_at")
    private Instant createdAt;

    private long version;

    protected Integrator() {}

    static Integrator created(String name, List<String> allowedAddresses, String tier, Instant at) {
        Integrator integrator = new Integrator();
        integrator.id = UUID.randomUUID();
        integrator.name = name;
        integrator.active = true;
        integrator.allowedAddresses = List.copyOf(allowedAddresses);
        integrator.tier = tier;
        integrator.createdAt = at;
        integrator.version = 1;
        return integrator;
    }

    public UUID id() {
        return id;
    }

    public String name() {
        return name;
    }

    /** False when it is suspended: its keys are refused. */
    public boolean isActive() {
        return active;
    }

    /** CIDR blocks; empty: every address. */
    public List<String> allowedAddresses() {
        return allowedAddresses;
    }

    /** Names its limits; null: the default tier. */
    public String tier() {
        return tier;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public long version() {
        return version;
    }

    /** What an operator says of it as a whole. */
    void describe(String newName, List<String> newAddresses, String newTier) {
        name = newName;
        allowedAddresses = List.copyOf(newAddresses);
        tier = newTier;
        version++;
    }

    /** One of its keys was issued or revoked. */
    void keysChanged() {
        version++;
    }

    /** Suspends it, or takes it back. */
    void activate(boolean nowActive) {
        active = nowActive;
        version++;
    }

    /** Where it is notified; null: nowhere. */
    public IntegratorFact.Webhooks webhooks() {
        return webhookUrl == null
                ? null
                : new IntegratorFact.Webhooks(webhookUrl, webhookAsyncUrl, webhookRegisteredUrl, webhookSealedSecret);
    }

    /** @param webhooks null: it is not notified any more, and its secret is forgotten */
    void notifyAt(IntegratorFact.Webhooks webhooks) {
        webhookUrl = webhooks == null ? null : webhooks.url();
        webhookAsyncUrl = webhooks == null ? null : webhooks.asyncUrl();
        webhookRegisteredUrl = webhooks == null ? null : webhooks.registeredUrl();
        webhookSealedSecret = webhooks == null ? null : webhooks.sealedSecret();
        version++;
    }

    /** What is published. */
    public IntegratorFact.Integrator toFact(List<IntegratorFact.Key> keys) {
        return new IntegratorFact.Integrator(id, name, active, keys, allowedAddresses, tier, webhooks(), version);
    }
}
