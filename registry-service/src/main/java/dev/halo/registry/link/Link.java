package dev.halo.registry.link;

import dev.halo.protocol.site.LinkStatus;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/**
 * One installation of the agent. Its row is the lock of everything that belongs to it.
 *
 * <p>It has two secrets at most: the one that was used last, and the next one, which was given out and not used yet.
 * The first stays valid until the second is used, so that an answer lost on the way does not lock the Link out.
 */
@Entity
@Table(name = "link")
public class Link {

    @Id
    @Column(name = "link_id")
    private UUID id;

    @Enumerated(EnumType.STRING)
    private LinkStatus status;

    @Column(name = "status_reason")
    private String statusReason;

    @Column(name = "any_pms_id")
    private boolean anyPmsId;

    @Column(name = "secret_sha256")
    private String secretSha256;

    @Column(name = "next_secret_sha256")
    private String nextSecretSha256;

    @Column(name = "host_name")
    private String hostName;

    @Column(name = "link_version")
    private String linkVersion;

    @Column(name = "enrolled_with")
    private UUID enrolledWith;

    @Column(name = "enrolled_at")
    private Instant enrolledAt;

    @Column(name = "token_issued_at")
    private Instant tokenIssuedAt;

    @Column(name = "announced_at")
    private Instant announcedAt;

    private long version;

    protected Link() {}

    /** A Link that has just enrolled. */
    static Link enrolled(
            UUID id,
            UUID enrolledWith,
            boolean anyPmsId,
            String secretSha256,
            String hostName,
            String linkVersion,
            Instant at) {
        Link link = new Link();
        link.id = id;
        link.status = LinkStatus.ACTIVE;
        link.anyPmsId = anyPmsId;
        link.secretSha256 = secretSha256;
        link.hostName = hostName;
        link.linkVersion = linkVersion;
        link.enrolledWith = enrolledWith;
        link.enrolledAt = at;
        link.tokenIssuedAt = at;
        link.version = 1;
        return link;
    }

    public UUID id() {
        return id;
    }

    public LinkStatus status() {
        return status;
    }

    /** Why it is not active; null when it is. */
    public String statusReason() {
        return statusReason;
    }

    /** Whether it may announce every PMS ID; on stage only. */
    public boolean anyPmsId() {
        return anyPmsId;
    }

    public String hostName() {
        return hostName;
    }

    public String linkVersion() {
        return linkVersion;
    }

    public Instant enrolledAt() {
        return enrolledAt;
    }

    /** When it last got a token. */
    public Instant tokenIssuedAt() {
        return tokenIssuedAt;
    }

    /** When it last announced its sites; null before the first time. */
    public Instant announcedAt() {
        return announcedAt;
    }

    String secretSha256() {
        return secretSha256;
    }

    String nextSecretSha256() {
        return nextSecretSha256;
    }

    /** The secret that was used counts from now on, and another one is next. */
    void rotate(String usedSha256, String nextSha256, Instant at) {
        secretSha256 = usedSha256;
        nextSecretSha256 = nextSha256;
        // Two renewals may come here in another order than they began.
        tokenIssuedAt = at.isAfter(tokenIssuedAt) ? at : tokenIssuedAt;
    }

    /** It announced its sites. */
    public void announced(String version, Instant at) {
        linkVersion = version;
        announcedAt = at;
    }

    public long version() {
        return version;
    }

    /** An operator changed what it may serve. */
    public void touch() {
        version++;
    }

    /** Trusts it no longer, or again. */
    public void changeStatus(LinkStatus to, String reason) {
        status = to;
        statusReason = reason;
        version++;
    }
}
