package dev.halo.registry.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.halo.registry.access.Roles;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.resteasy.reactive.RestQuery;

/** Who changed what, when and why. */
@Path("/admin/v1/audit")
@RolesAllowed({Roles.AUDITOR, Roles.OPERATOR})
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Audit")
public class AuditResource {

    /** @param commandId the same for all that was changed together */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record EntryView(
            long auditId,
            Instant at,
            String actorKind,
            String actor,
            String action,
            String subjectKind,
            String subjectId,
            String reason,

            @JsonRawValue @Schema(type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.OBJECT)
            String detail,

            UUID commandId) {}

    /** @param entries the newest first */
    public record EntryList(List<EntryView> entries) {}

    private static final String SELECT = """
            select audit_id, at, actor_kind, actor, action, subject_kind, subject_id, reason, detail, command_id
            from registry.audit_entry
            where audit_id < :before and (:subjectId = '' or subject_id = :subjectId)
                and (:action = '' or action = :action)
            order by audit_id desc
            """;

    private final Mutiny.SessionFactory sessions;

    public AuditResource(Mutiny.SessionFactory sessions) {
        this.sessions = sessions;
    }

    @GET
    @Operation(summary = "The entries, the newest first; the last auditId as before gives the next ones")
    public Uni<EntryList> list(
            @RestQuery @DefaultValue("") @Size(max = 300) String subjectId,
            @RestQuery @DefaultValue("") @Size(max = 64) String action,
            @RestQuery @DefaultValue("9223372036854775807") long before,
            @RestQuery @DefaultValue("100") @Min(1) @Max(1000) int limit) {
        return sessions.withSession(session -> session.createNativeQuery(SELECT, Object[].class)
                .setParameter("before", before)
                .setParameter("subjectId", subjectId)
                .setParameter("action", action)
                .setMaxResults(limit)
                .getResultList()
                .map(rows ->
                        new EntryList(rows.stream().map(AuditResource::view).toList())));
    }

    private static EntryView view(Object[] row) {
        return new EntryView(
                ((Number) row[0]).longValue(),
                instant(row[1]),
                (String) row[2],
                (String) row[3],
                (String) row[4],
                (String) row[5],
                (String) row[6],
                (String) row[7],
                (String) row[8],
                (UUID) row[9]);
    }

    private static Instant instant(Object value) {
        return value instanceof java.time.OffsetDateTime time ? time.toInstant() : (Instant) value;
    }
}
