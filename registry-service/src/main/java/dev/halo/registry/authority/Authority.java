package dev.halo.registry.authority;

import dev.halo.protocol.site.AuthorityRecord;
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

/** Which Link integrators may query for a PMS ID: the one row of that PMS ID. */
@Entity
@Table(name = "authority")
@IdClass(Authority.Key.class)
public class Authority {

    /** The primary key. */
    public record Key(PmsType pmsType, String pmsId) implements Serializable {}

    @Id
    @Column(name = "pms_type")
    @Enumerated(EnumType.STRING)
    private PmsType pmsType;

    @Id
    @Column(name = "pms_id")
    private String pmsId;

    @Column(name = "link_id")
    private UUID linkId;

    @Column(name = "site_id")
    private UUID siteId;

    private Instant since;

    private long version;

    protected Authority() {}

    public PmsKey pmsKey() {
        return new PmsKey(pmsType, pmsId);
    }

    /** Null when no Link is authoritative. */
    public UUID linkId() {
        return linkId;
    }

    /** Of that Link, the site that answers to the PMS ID; null when no Link is authoritative. */
    public UUID siteId() {
        return siteId;
    }

    /** The same Link answers through another of its sites. */
    void moveWithinLink(UUID toSiteId) {
        siteId = toSiteId;
        version++;
    }

    /** Another Link is authoritative, or one where there was none. */
    void moveTo(UUID toLinkId, UUID toSiteId, Instant at) {
        linkId = toLinkId;
        siteId = toSiteId;
        since = at;
        version++;
    }

    /** No Link is authoritative until an operator chooses one. */
    void release(Instant at) {
        moveTo(null, null, at);
    }

    long version() {
        return version;
    }

    /** What is published. */
    public AuthorityRecord toRecord() {
        return new AuthorityRecord(pmsType, pmsId, linkId, siteId, since, version);
    }
}
