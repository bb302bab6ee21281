package dev.halo.registry.link;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** A secret that another one has taken the place of: who still uses it has a copy of the Link's machine. */
@Entity
@Table(name = "retired_secret")
public class RetiredSecret {

    @Id
    @Column(name = "secret_sha256")
    private String sha256;

    @Column(name = "link_id")
    private UUID linkId;

    @Column(name = "retired_at")
    private Instant retiredAt;

    protected RetiredSecret() {}

    RetiredSecret(String sha256, UUID linkId, Instant retiredAt) {
        this.sha256 = sha256;
        this.linkId = linkId;
        this.retiredAt = retiredAt;
    }

    UUID linkId() {
        return linkId;
    }
}
