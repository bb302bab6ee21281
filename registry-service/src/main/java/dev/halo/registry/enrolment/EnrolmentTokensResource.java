package dev.halo.registry.enrolment;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halo.registry.access.Callers;
import dev.halo.registry.access.Roles;
import dev.halo.registry.paging.Page;
import dev.halo.registry.site.PmsKey;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Enrolment tokens, for operators. */
@Path("/admin/v1/enrolment-tokens")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Enrolment tokens")
public class EnrolmentTokensResource {

    /**
     * @param pmsIds the Zedmed Database IDs that the Link will be entitled to
     * @param any instead of naming them, on stage only
     * @param validFor ISO-8601 duration
     * @param comment for people
     */
    public record IssueRequest(
            @Size(max = 500, message = "must be at most 500 entries")
            List<@NotNull @Pattern(regexp = PmsKey.PATTERN, message = PmsKey.MESSAGE) String> pmsIds,

            Boolean any,
            Duration validFor,

            @Pattern(regexp = "\\P{Cntrl}{0,500}", message = "must be at most 500 characters")
            String comment) {
        public IssueRequest {
            pmsIds = pmsIds == null ? List.of() : pmsIds;
        }
    }

    /** @param enrolmentToken shown this once */
    public record Issued(UUID tokenId, String enrolmentToken, Instant expiresAt) {
        @Override
        public String toString() {
            return "Issued[" + tokenId + "]";
        }
    }

    /** A token without its text. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record TokenView(
            UUID tokenId,
            boolean any,
            List<String> pmsIds,
            String comment,
            String createdBy,
            Instant createdAt,
            Instant expiresAt,
            Instant usedAt,
            UUID usedByLink,
            Instant revokedAt) {}

    /**
     * @param enrolmentTokens the newest first
     * @param nextOffset where the next ones begin; null at the end
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record TokenList(List<TokenView> enrolmentTokens, Integer nextOffset) {}

    private final EnrolmentTokens tokens;
    private final Callers callers;

    public EnrolmentTokensResource(EnrolmentTokens tokens, Callers callers) {
        this.tokens = tokens;
        this.callers = callers;
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @ResponseStatus(201)
    @Operation(summary = "Issue a one-time enrolment token")
    public Uni<Issued> issue(@Valid @NotNull(message = "The body is missing.") IssueRequest request) {
        return tokens.issue(callers.operator(), request);
    }

    @GET
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "The tokens, the newest first")
    public Uni<TokenList> list(
            @RestQuery @DefaultValue("0") @Min(0) @Max(Page.MAX_OFFSET) int offset,
            @RestQuery @DefaultValue("100") @Min(1) @Max(Page.MAX_LIMIT) int limit) {
        return tokens.list(offset, limit).map(page -> new TokenList(page.items(), page.nextOffset()));
    }

    @DELETE
    @Path("/{tokenId}")
    @RolesAllowed(Roles.OPERATOR)
    @ResponseStatus(204)
    @Operation(summary = "Revoke a token that was not used yet")
    public Uni<Void> revoke(@RestPath UUID tokenId) {
        return tokens.revoke(callers.operator(), tokenId);
    }
}
