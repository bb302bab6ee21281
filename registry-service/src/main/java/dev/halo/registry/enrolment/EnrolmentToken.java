package dev.halo.registry.enrolment;

import dev.halo.protocol.site.Environment;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** Lets one Link enrol, once, for the PMS IDs it names. */
@Entity
@Table(name = "enrolment_token")
public class EnrolmentToken {

    @Id
    @Column(name = "token_id")
    private UUID id;

    @Column(name = "token_sha256")
    private String sha256;

    @Enumerated(EnumType.STRING)
    private Environment environment;

    @Column(name = "any_pms_id")
    private boolean anyPmsId;

    private String comment;

    @Column(name = "created_by")
    private String createdBy;

    @Column(name = "created_at")
    private Instant createdAt;

    @Column(name = "expires_at")
    private Instant expiresAt;

    @Column(name = "used_at")
    private Instant usedAt;

    @Column(name = "used_by_link")
    private UUID usedByLink;

    @Column(name = "revoked_at")
    private Instant revokedAt;

    protected EnrolmentToken() {}

    static EnrolmentToken issued(
            String sha256,
            Environment environment,
            boolean anyPmsId,
            String comment,
            String createdBy,
            Instant createdAt,
            Instant expiresAt) {
        EnrolmentToken token = new EnrolmentToken();
        token.id = UUID.randomUUID();
        token.sha256 = sha256;
        token.environment = environment;
        token.anyPmsId = anyPmsId;
        token.comment = comment;
        token.createdBy = createdBy;
        token.createdAt = createdAt;
        token.expiresAt = expiresAt;
        return token;
    }

    UUID id() {
        return id;
    }

    boolean anyPmsId() {
        return anyPmsId;
    }

    String comment() {
        return comment;
    }

    String createdBy() {
        return createdBy;
    }

    Instant createdAt() {
        return createdAt;
    }

    Instant expiresAt() {
        return expiresAt;
    }

    Instant usedAt() {
        return usedAt;
    }

    UUID usedByLink() {
        return usedByLink;
    }

    Instant revokedAt() {
        return revokedAt;
    }

    void use(UUID linkId, Instant at) {
        usedAt = at;
        usedByLink = linkId;
    }

    void revoke(Instant at) {
        revokedAt = at;
    }
}
