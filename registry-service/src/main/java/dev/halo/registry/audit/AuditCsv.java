package dev.halo.registry.audit;

import dev.halo.registry.audit.AuditResource.EntryView;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Variant;
import java.util.Arrays;
import java.util.List;
import org.jboss.resteasy.reactive.RestResponse;

/** The audit as a table for a spreadsheet: a line with the names, then one for each entry. */
final class AuditCsv {

    static final String TYPE = "text/csv";

    private static final MediaType MEDIA_TYPE = new MediaType("text", "csv", "utf-8");
    private static final List<String> NAMES = List.of(
            "auditId",
            "at",
            "actorKind",
            "actor",
            "action",
            "subjectKind",
            "subjectId",
            "reason",
            "detail",
            "commandId");

    private AuditCsv() {}

    /** Whether the caller prefers it to JSON. */
    static boolean isAsked(Request request) {
        Variant chosen =
                request.selectVariant(Variant.mediaTypes(MediaType.APPLICATION_JSON_TYPE, new MediaType("text", "csv"))
                        .build());
        return chosen != null && "csv".equals(chosen.getMediaType().getSubtype());
    }

    /** @param entries as many as a page has; the caller asks for those that follow */
    static RestResponse<Object> answer(List<EntryView> entries) {
        return RestResponse.ResponseBuilder.ok((Object) text(entries), MEDIA_TYPE)
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\"")
                .build();
    }

    private static String text(List<EntryView> entries) {
        StringBuilder text = new StringBuilder(Csv.line(NAMES));
        for (EntryView entry : entries) {
            text.append(Csv.line(Arrays.asList(
                    entry.auditId(),
                    entry.at(),
                    entry.actorKind(),
                    entry.actor(),
                    entry.action(),
                    entry.subjectKind(),
                    entry.subjectId(),
                    entry.reason(),
                    entry.detail(),
                    entry.commandId())));
        }
        return text.toString();
    }
}
