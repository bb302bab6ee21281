package dev.halo.registry.authority;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.halo.protocol.site.AuthorityRecord;
import dev.halo.protocol.site.PmsType;
import dev.halo.registry.access.Callers;
import dev.halo.registry.access.ReasonRequest;
import dev.halo.registry.access.Roles;
import dev.halo.registry.authority.AuthorityHistory.ChangeView;
import dev.halo.registry.authority.SwitchPlan.Left;
import dev.halo.registry.confirmation.Confirmation;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.paging.Page;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;

/** Which Link is authoritative: preview, switch, history. */
@Path("/admin/v1/authority")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Authority")
public class AuthorityResource {

    /**
     * @param plan what would be switched now
     * @param fingerprint of it, which the switch asks for; also the entity tag
     */
    public record Preview(@JsonUnwrapped SwitchPlan plan, String fingerprint) {}

    /**
     * @param fromLinkId the losing Link; null for the PMS IDs that have no authoritative Link
     * @param toLinkId the gaining one
     * @param fingerprint of the preview; may come as {@code If-Match} instead
     * @param reason for the record
     */
    public record SwitchRequest(
            UUID fromLinkId,
            @NotNull(message = "is required") UUID toLinkId,

            @Size(max = 8000, message = "must be at most 8000 characters")
            String fingerprint,

            @NotNull(message = "is required") @Pattern(regexp = ReasonRequest.PATTERN, message = ReasonRequest.MESSAGE)
            String reason) {}

    /**
     * A switch as it was made.
     *
     * @param moves what moved with it
     * @param confirmation whether the losing Link has applied it
     * @param leftWithout what has no authoritative site that can be queried; only in the answer to the switch
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SwitchView(
            UUID switchId,
            UUID fromLinkId,
            UUID toLinkId,
            String reason,
            String by,
            Instant at,
            List<MoveView> moves,
            Confirmation confirmation,
            List<Left> leftWithout) {}

    /** @param version of the authority since the switch */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record MoveView(PmsType pmsType, String pmsId, UUID fromSiteId, UUID toSiteId, long version) {}

    /**
     * @param authorities by PMS ID, as they are published
     * @param nextOffset where the next ones begin; null at the end
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record AuthorityList(List<AuthorityRecord> authorities, Integer nextOffset) {}

    /**
     * @param changes the newest first
     * @param next as {@code before} gives what comes after these; null at the end
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record HistoryList(List<ChangeView> changes, Long next) {}

    private final Switches switches;
    private final AuthorityHistory history;
    private final Callers callers;

    public AuthorityResource(Switches switches, AuthorityHistory history, Callers callers) {
        this.switches = switches;
        this.history = history;
        this.callers = callers;
    }

    @GET
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "Which Link has which PMS ID; vacant finds those that have none")
    public Uni<AuthorityList> list(
            @RestQuery @Size(max = 64) String pmsId,
            @RestQuery UUID linkId,
            @RestQuery Boolean vacant,
            @RestQuery @DefaultValue("0") @Min(0) @Max(Page.MAX_OFFSET) int offset,
            @RestQuery @DefaultValue("100") @Min(1) @Max(Page.MAX_LIMIT) int limit) {
        return history.now(pmsId, linkId, vacant, offset, limit)
                .map(page -> new AuthorityList(page.items(), page.nextOffset()));
    }

    @GET
    @Path("/preview")
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "What a switch would move; without fromLinkId, of the PMS IDs that have no Link")
    public Uni<RestResponse<Preview>> preview(
            @RestQuery UUID fromLinkId, @RestQuery @NotNull(message = "is required") UUID toLinkId) {
        return switches.preview(fromLinkId, toLinkId).map(plan -> {
            String fingerprint = plan.fingerprint().text();
            return RestResponse.ResponseBuilder.ok(new Preview(plan, fingerprint))
                    .header(HttpHeaders.ETAG, '"' + fingerprint + '"')
                    .build();
        });
    }

    @POST
    @Path("/switches")
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Switch, as the preview of this fingerprint said, or not at all")
    public Uni<SwitchView> make(
            @Valid @NotNull(message = "The body is missing.") SwitchRequest request,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        String fingerprint = request.fingerprint() == null ? bare(ifMatch) : request.fingerprint();
        if (fingerprint == null) {
            throw ApiException.badRequest("fingerprint: is required; a preview tells it");
        }
        return switches.make(
                        callers.operator(), request.fromLinkId(), request.toLinkId(), fingerprint, request.reason())
                .map(AuthorityResource::view);
    }

    @GET
    @Path("/switches/{switchId}")
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "One switch, and whether the losing Link has confirmed it by now")
    public Uni<SwitchView> get(@RestPath UUID switchId) {
        return switches.get(switchId).map(AuthorityResource::view);
    }

    @GET
    @Path("/history")
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "Every change of authority, the newest first; pmsId and linkId narrow it down")
    public Uni<HistoryList> history(
            @RestQuery @Size(max = 64) String pmsId,
            @RestQuery UUID linkId,
            @RestQuery @DefaultValue("9223372036854775807") long before,
            @RestQuery @DefaultValue("100") @Min(1) @Max(Page.MAX_LIMIT) int limit) {
        return history.list(pmsId, linkId, before, limit);
    }

    /** A proxy that compresses makes a weak tag of the preview's. */
    static String bare(String tag) {
        return tag == null ? null : tag.trim().replaceFirst("^W/", "").replace("\"", "");
    }

    private static SwitchView view(Switches.Made made) {
        return new SwitchView(
                made.made().id(),
                made.made().fromLinkId(),
                made.made().toLinkId(),
                made.made().reason(),
                made.made().switchedBy(),
                made.made().switchedAt(),
                made.changes().stream()
                        .map(change -> new MoveView(
                                change.pmsKey().pmsType(),
                                change.pmsKey().pmsId(),
                                change.fromSiteId(),
                                change.toSiteId(),
                                change.version()))
                        .toList(),
                made.confirmation(),
                made.plan() == null ? null : made.plan().leftWithout());
    }
}
