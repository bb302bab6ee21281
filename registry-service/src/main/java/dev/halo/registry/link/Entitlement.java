package dev.halo.registry.link;

import dev.halo.protocol.site.PmsType;
import dev.halo.registry.site.PmsKey;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.UUID;

/** A PMS ID that a Link may serve: its enrolment named it, or an operator approved it. */
@Entity
@Table(name = "entitlement")
@IdClass(Entitlement.Key.class)
public class Entitlement {

    /** The primary key. */
    public record Key(UUID linkId, PmsType pmsType, String pmsId) implements Serializable {}

    @Id
    @Column(name = "link_id")
    private UUID linkId;

    @Id
    @Column(name = "pms_type")
    @Enumerated(EnumType.STRING)
    private PmsType pmsType;

    @Id
    @Column(name = "pms_id")
    private String pmsId;

    @Column(name = "granted_by")
    private String grantedBy;

    @Column(name = "granted_at")
    private Instant grantedAt;

    protected Entitlement() {}

    /** @param grantedBy the operator, or who issued the enrolment token */
    public Entitlement(UUID linkId, PmsKey pmsKey, String grantedBy, Instant grantedAt) {
        this.linkId = linkId;
        this.pmsType = pmsKey.pmsType();
        this.pmsId = pmsKey.pmsId();
        this.grantedBy = grantedBy;
        this.grantedAt = grantedAt;
    }

    UUID linkId() {
        return linkId;
    }

    public PmsKey pmsKey() {
        return new PmsKey(pmsType, pmsId);
    }
}
