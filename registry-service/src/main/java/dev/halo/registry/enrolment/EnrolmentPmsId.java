package dev.halo.registry.enrolment;

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
import java.util.UUID;

/** A PMS ID that an enrolment token names. */
@Entity
@Table(name = "enrolment_token_pms_id")
@IdClass(EnrolmentPmsId.Key.class)
public class EnrolmentPmsId {

    /** The primary key. */
    public record Key(UUID tokenId, PmsType pmsType, String pmsId) implements Serializable {}

    @Id
    @Column(name = "token_id")
    private UUID tokenId;

    @Id
    @Column(name = "pms_type")
    @Enumerated(EnumType.STRING)
    private PmsType pmsType;

    @Id
    @Column(name = "pms_id")
    private String pmsId;

    protected EnrolmentPmsId() {}

    EnrolmentPmsId(UUID tokenId, PmsKey pmsKey) {
        this.tokenId = tokenId;
        this.pmsType = pmsKey.pmsType();
        this.pmsId = pmsKey.pmsId();
    }

    UUID tokenId() {
        return tokenId;
    }

    PmsKey pmsKey() {
        return new PmsKey(pmsType, pmsId);
    }
}
