package dev.halo.registry.audit;

import java.util.Map;
import java.util.Objects;

/**
 * One change: what was done to which thing. Who did it and when comes from the command.
 *
 * @param reason why, where the actor said so; may be null
 * @param detail more about it; never a secret, SQL or a row of a practice
 */
public record AuditEntry(
        AuditAction action, SubjectKind subjectKind, String subjectId, String reason, Map<String, Object> detail) {

    /** What sort of thing was changed. */
    public enum SubjectKind {
        ENROLMENT_TOKEN,
        LINK,
        SITE,
        PMS_ID,
        INTEGRATOR,
        TOPIC
    }

    public AuditEntry {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(subjectKind, "subjectKind");
        Objects.requireNonNull(subjectId, "subjectId");
        detail = detail == null ? Map.of() : Map.copyOf(detail);
    }

    public static AuditEntry of(AuditAction action, SubjectKind kind, Object subjectId) {
        return new AuditEntry(action, kind, subjectId.toString(), null, Map.of());
    }

    public static AuditEntry of(
            AuditAction action, SubjectKind kind, Object subjectId, String reason, Map<String, Object> detail) {
        return new AuditEntry(action, kind, subjectId.toString(), reason, detail);
    }
}
