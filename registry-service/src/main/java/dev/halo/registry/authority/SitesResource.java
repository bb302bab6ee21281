package dev.halo.registry.authority;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.registry.access.Roles;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.site.Site;
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
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Sites and which of them are authoritative, for operators. */
@Path("/admin/v1/sites")
@RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Sites")
public class SitesResource {

    /**
     * @param site as it is published
     * @param announced whether the Link's last announcement had it
     * @param authoritative whether integrators may query it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SiteView(@JsonUnwrapped SiteRecord site, boolean announced, boolean authoritative) {}

    /** @param sites the newest first */
    public record SiteList(List<SiteView> sites) {}

    private static final String SELECT = """
            select s, l.status, case when a.siteId = s.id then true else false end
            from Site s join Link l on l.id = s.linkId
            left join Authority a on a.pmsType = s.pmsType and a.pmsId = s.pmsId
            """;

    private final Mutiny.SessionFactory sessions;

    public SitesResource(Mutiny.SessionFactory sessions) {
        this.sessions = sessions;
    }

    @GET
    @Operation(summary = "The sites, the newest first; pmsId and linkId narrow them down")
    public Uni<SiteList> list(
            @RestQuery @Size(max = 64) String pmsId,
            @RestQuery UUID linkId,
            @RestQuery @DefaultValue("0") @Min(0) int offset,
            @RestQuery @DefaultValue("100") @Min(1) @Max(1000) int limit) {
        List<String> where = new ArrayList<>();
        if (pmsId != null) {
            where.add("s.pmsId = :pmsId");
        }
        if (linkId != null) {
            where.add("s.linkId = :linkId");
        }
        String query = SELECT + (where.isEmpty() ? "" : "where " + String.join(" and ", where))
                + " order by s.createdAt desc, s.id";
        return sessions.withSession(session -> {
            var select = session.createSelectionQuery(query, Object[].class);
            if (pmsId != null) {
                select.setParameter("pmsId", pmsId);
            }
            if (linkId != null) {
                select.setParameter("linkId", linkId);
            }
            return select.setFirstResult(offset)
                    .setMaxResults(limit)
                    .getResultList()
                    .map(rows ->
                            new SiteList(rows.stream().map(SitesResource::view).toList()));
        });
    }

    @GET
    @Path("/{siteId}")
    @Operation(summary = "One site")
    public Uni<SiteView> get(@RestPath UUID siteId) {
        return sessions.withSession(
                session -> session.createSelectionQuery(SELECT + "where s.id = :siteId", Object[].class)
                        .setParameter("siteId", siteId)
                        .getSingleResultOrNull()
                        .onItem()
                        .ifNull()
                        .failWith(() -> ApiException.notFound("There is no site " + siteId + "."))
                        .map(SitesResource::view));
    }

    private static SiteView view(Object[] row) {
        Site site = (Site) row[0];
        return new SiteView(site.toRecord((LinkStatus) row[1]), site.isAnnounced(), (Boolean) row[2]);
    }
}
