package dev.halo.registry.authority;

import dev.halo.protocol.site.PmsType;
import dev.halo.registry.command.Command;
import dev.halo.registry.site.PmsKey;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** What happened once to the authority over one PMS ID: who lost it, who has it, why. Never changed. */
@Entity
@Table(name = "authority_change")
public class AuthorityChange {

    @Id
    @Column(name = "change_id")
    private UUID id;

    /** Given by the database. */
    @Column(insertable = false, updatable = false)
    private Long position;

    private Instant at;

    @Column(name = "actor_kind")
    private String actorKind;

    private String actor;

    @Enumerated(EnumType.STRING)
    private AuthorityCause cause;

    private String reason;

    @Column(name = "switch_id")
    private UUID switchId;

    @Column(name = "pms_type")
    @Enumerated(EnumType.STRING)
    private PmsType pmsType;

    @Column(name = "pms_id")
    private String pmsId;

    @Column(name = "from_link_id")
    private UUID fromLinkId;

    @Column(name = "from_site_id")
    private UUID fromSiteId;

    @Column(name = "to_link_id")
    private UUID toLinkId;

    @Column(name = "to_site_id")
    private UUID toSiteId;

    private long version;

    protected AuthorityChange() {}

    /**
     * @param fromLinkId who lost it; null where nobody had it
     * @param now as it is from then on
     */
    static AuthorityChange of(
            Command command, UUID fromLinkId, UUID fromSiteId, Authority now, AuthorityCause cause, String reason) {
        AuthorityChange change = new AuthorityChange();
        change.id = UUID.randomUUID();
        change.at = command.at();
        change.actorKind = command.actor().kind().name();
        change.actor = command.actor().name();
        change.cause = cause;
        change.reason = reason;
        change.pmsType = now.pmsKey().pmsType();
        change.pmsId = now.pmsKey().pmsId();
        change.fromLinkId = fromLinkId;
        change.fromSiteId = fromSiteId;
        change.toLinkId = now.linkId();
        change.toSiteId = now.siteId();
        change.version = now.version();
        return change;
    }

    /** It is one of several of a switch. */
    AuthorityChange partOf(UUID ofSwitch) {
        switchId = ofSwitch;
        return this;
    }

    /** Its place among all changes. */
    long position() {
        return position;
    }

    Instant at() {
        return at;
    }

    String actorKind() {
        return actorKind;
    }

    String actor() {
        return actor;
    }

    AuthorityCause cause() {
        return cause;
    }

    String reason() {
        return reason;
    }

    UUID switchId() {
        return switchId;
    }

    PmsKey pmsKey() {
        return new PmsKey(pmsType, pmsId);
    }

    UUID fromLinkId() {
        return fromLinkId;
    }

    UUID fromSiteId() {
        return fromSiteId;
    }

    UUID toLinkId() {
        return toLinkId;
    }

    UUID toSiteId() {
        return toSiteId;
    }

    /** Of the authority, from this change on. */
    long version() {
        return version;
    }
}
