package dev.halo.registry.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.halo.registry.access.Roles;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.paging.Filter;
import dev.halo.registry.paging.Page;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;

/** Who changed what, when and why. */
@Path("/admin/v1/audit")
@RolesAllowed({Roles.AUDITOR, Roles.OPERATOR})
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

    /**
     * @param entries the newest first
     * @param next as {@code before} gives what comes after these; null at the end
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record EntryList(List<EntryView> entries, Long next) {}

    private static final String SELECT = """
            select audit_id, at, actor_kind, actor, action, subject_kind, subject_id, reason, detail, command_id
            from registry.audit_entry
            """;

    /** The bounds of what a caller may ask for; PostgreSQL takes less than Java. */
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private final Mutiny.SessionFactory sessions;

    public AuditResource(Mutiny.SessionFactory sessions) {
        this.sessions = sessions;
    }

    @GET
    @Produces({MediaType.APPLICATION_JSON, AuditCsv.TYPE})
    @Operation(
            summary = "The entries, the newest first; next as before gives those that follow."
                    + " As text/csv, before is the auditId of the last line")
    @APIResponse(
            responseCode = "200",
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = EntryList.class)),
                @Content(mediaType = AuditCsv.TYPE, schema = @Schema(implementation = String.class))
            })
    public Uni<RestResponse<Object>> list(
            @RestQuery @Size(min = 1, max = 32) String subjectKind,
            @RestQuery @Size(min = 1, max = 300) String subjectId,
            @RestQuery @Size(min = 1, max = 64) String action,
            @RestQuery @Size(min = 1, max = 255) String actor,
            @RestQuery UUID commandId,
            @RestQuery @Size(max = 40) String from,
            @RestQuery @Size(max = 40) String to,
            @RestQuery @DefaultValue("9223372036854775807") long before,
            @RestQuery @DefaultValue("100") @Min(1) @Max(Page.MAX_LIMIT) int limit,
            @Context Request request) {
        boolean csv = AuditCsv.isAsked(request);
        Filter filter = new Filter()
                .and("audit_id < :before", "before", before)
                .and("subject_kind = :subjectKind", "subjectKind", subjectKind)
                .and("subject_id = :subjectId", "subjectId", subjectId)
                .and("action = :action", "action", action)
                .and("actor = :actor", "actor", actor)
                .and("command_id = :commandId", "commandId", commandId)
                .and("at >= :from", "from", instant("from", from))
                .and("at < :to", "to", instant("to", to));
        return sessions.withSession(session -> filter.bind(
                        session.createNativeQuery(SELECT + filter.where() + "order by audit_id desc", Object[].class))
                .setMaxResults(limit)
                .getResultList()
                .map(rows -> rows.stream().map(AuditResource::view).toList())
                .map(entries -> csv ? AuditCsv.answer(entries) : json(new EntryList(entries, next(entries, limit)))));
    }

    private static RestResponse<Object> json(EntryList entries) {
        return RestResponse.ResponseBuilder.ok((Object) entries, MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .build();
    }

    private static Long next(List<EntryView> entries, int limit) {
        return entries.size() < limit
                ? null
                : Long.valueOf(entries.get(entries.size() - 1).auditId());
    }

    private static Instant instant(String field, String text) {
        if (text == null) {
            return null;
        }
        Instant time;
        try {
            time = Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw ApiException.badRequest(field + ": must be a time such as 2026-11-23T10:00:00Z");
        }
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw ApiException.badRequest(field + ": must be from " + EARLIEST + " to " + LATEST);
        }
        return time;
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
