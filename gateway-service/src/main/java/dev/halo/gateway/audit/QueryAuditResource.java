package dev.halo.gateway.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halo.gateway.access.PageRequest;
import dev.halo.gateway.store.Store;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestQuery;

/** Who asked what of whom, for auditors. */
@Path("/admin/v1/query-audit")
@Produces(MediaType.APPLICATION_JSON)
public class QueryAuditResource {

    /**
     * A part of the audit.
     *
     * @param entries the latest first
     * @param nextCursor null where there are no more
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Entries(List<AuditEntry> entries, String nextCursor) {}

    private final QueryAudit audit;

    public QueryAuditResource(QueryAudit audit) {
        this.audit = audit;
    }

    /** Entries of a time range, by default the last day, of all or of those that fit. */
    @GET
    @RolesAllowed({"auditor", "operator"})
    @Operation(hidden = true)
    public Uni<Entries> list(
            @RestQuery String integratorId,
            @RestQuery String siteId,
            @RestQuery String queryId,
            @RestQuery String outcome,
            @RestQuery String from,
            @RestQuery String to,
            @RestQuery String cursor,
            @RestQuery String limit) {
        PageRequest page = PageRequest.of(from, to, cursor, limit, audit.now());
        QueryAudit.Search search = new QueryAudit.Search(
                PageRequest.id("integratorId", integratorId),
                PageRequest.id("siteId", siteId),
                PageRequest.id("queryId", queryId),
                PageRequest.word("outcome", outcome),
                page);
        return Uni.createFrom()
                .completionStage(() -> audit.find(search)
                        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(Store.unavailable())))
                .map(found -> entries(found, page.limit()));
    }

    private static Entries entries(List<AuditEntry> found, int limit) {
        if (found.size() <= limit) {
            return new Entries(found, null);
        }
        AuditEntry last = found.get(limit - 1);
        return new Entries(found.subList(0, limit), new PageRequest.Place(last.at(), last.id()).cursor());
    }
}
