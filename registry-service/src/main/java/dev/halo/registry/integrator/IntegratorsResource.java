package dev.halo.registry.integrator;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halo.protocol.integrator.IntegratorFact.KeySlot;
import dev.halo.registry.access.Callers;
import dev.halo.registry.access.OptionalReason;
import dev.halo.registry.access.ReasonRequest;
import dev.halo.registry.access.Roles;
import dev.halo.registry.paging.Page;
import dev.halo.registry.tag.Precondition;
import dev.halo.registry.tag.Versioned;
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
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Integrators and their keys, for operators. */
@Path("/admin/v1/integrators")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Integrators")
public class IntegratorsResource {

    private static final String NAME = "\\S(\\P{Cntrl}{0,198}\\S)?";
    private static final String NAME_MESSAGE = "must be 1 to 200 characters";
    private static final int MAX_ADDRESSES = 100;
    private static final String ADDRESSES_MESSAGE = "must be at most " + MAX_ADDRESSES + " entries";
    private static final String TIER = "[A-Za-z0-9_-]{1,64}";
    private static final String TIER_MESSAGE = "must be 1 to 64 letters, digits, - or _";

    /**
     * @param name of the company; no two have the same
     * @param allowedAddresses from which its keys work; none: from everywhere
     * @param tier names its limits
     */
    public record CreateRequest(
            @NotNull(message = "is required") @Pattern(regexp = NAME, message = NAME_MESSAGE)
            String name,

            @Size(max = MAX_ADDRESSES, message = ADDRESSES_MESSAGE)
            List<@CidrBlock String> allowedAddresses,

            @Pattern(regexp = TIER, message = TIER_MESSAGE) String tier) {
        public CreateRequest {
            allowedAddresses = allowedAddresses == null ? List.of() : allowedAddresses;
        }
    }

    /** All that can be changed of an integrator, as {@link CreateRequest}, and perhaps why. */
    public record UpdateRequest(
            @NotNull(message = "is required") @Pattern(regexp = NAME, message = NAME_MESSAGE)
            String name,

            @Size(max = MAX_ADDRESSES, message = ADDRESSES_MESSAGE)
            List<@CidrBlock String> allowedAddresses,

            @Pattern(regexp = TIER, message = TIER_MESSAGE) String tier,

            @Pattern(regexp = ReasonRequest.PATTERN, message = ReasonRequest.MESSAGE)
            String reason) {
        public UpdateRequest {
            allowedAddresses = allowedAddresses == null ? List.of() : allowedAddresses;
        }
    }

    /** Which of the two keys, and perhaps why. */
    public record KeyRequest(
            @NotNull(message = "must be PRIMARY or SECONDARY")
            KeySlot slot,

            @Pattern(regexp = ReasonRequest.PATTERN, message = ReasonRequest.MESSAGE)
            String reason) {}

    /** @param key shown this once */
    public record IssuedKey(UUID integratorId, KeySlot slot, String key, Instant issuedAt) {
        @Override
        public String toString() {
            return "IssuedKey[" + integratorId + ", " + slot + "]";
        }
    }

    /** A key without its text. */
    public record KeyView(KeySlot slot, Instant issuedAt) {}

    /** @param keys those that are active */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record IntegratorView(
            UUID integratorId,
            String name,
            boolean active,
            List<String> allowedAddresses,
            String tier,
            List<KeyView> keys,
            Instant createdAt,
            long version)
            implements Versioned {}

    /**
     * @param integrators by name
     * @param nextOffset where the next ones begin; null at the end
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record IntegratorList(List<IntegratorView> integrators, Integer nextOffset) {}

    private final Integrators integrators;
    private final IntegratorViews views;
    private final Callers callers;

    public IntegratorsResource(Integrators integrators, IntegratorViews views, Callers callers) {
        this.integrators = integrators;
        this.views = views;
        this.callers = callers;
    }

    @POST
    @RolesAllowed(Roles.OPERATOR)
    @ResponseStatus(201)
    @Operation(summary = "Create an integrator")
    public Uni<IntegratorView> create(@Valid @NotNull(message = "The body is missing.") CreateRequest request) {
        return integrators.create(callers.operator(), request);
    }

    @GET
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "The integrators by name; name finds one, search a part of it")
    public Uni<IntegratorList> list(
            @RestQuery @Size(max = 200) String name,
            @RestQuery @Size(min = 1, max = 200) String search,
            @RestQuery Boolean active,
            @RestQuery @DefaultValue("0") @Min(0) @Max(Page.MAX_OFFSET) int offset,
            @RestQuery @DefaultValue("100") @Min(1) @Max(Page.MAX_LIMIT) int limit) {
        return views.list(name, search, active, offset, limit)
                .map(page -> new IntegratorList(page.items(), page.nextOffset()));
    }

    @GET
    @Path("/{integratorId}")
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "One integrator")
    public Uni<IntegratorView> get(@RestPath UUID integratorId) {
        return views.get(integratorId);
    }

    @PUT
    @Path("/{integratorId}")
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Change the name, the allowed addresses and the tier, all of them")
    public Uni<IntegratorView> update(
            @RestPath UUID integratorId,
            @Valid @NotNull(message = "The body is missing.") UpdateRequest request,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return integrators.update(callers.operator(), integratorId, request, Precondition.of(ifMatch));
    }

    @POST
    @Path("/{integratorId}/keys")
    @RolesAllowed(Roles.OPERATOR)
    @ResponseStatus(201)
    @Operation(summary = "Issue a key in a slot that has none")
    public Uni<IssuedKey> issueKey(
            @RestPath UUID integratorId,
            @Valid @NotNull(message = "The body is missing.") KeyRequest request,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return integrators.issueKey(
                callers.operator(), integratorId, request.slot(), request.reason(), Precondition.of(ifMatch));
    }

    @POST
    @Path("/{integratorId}/keys/{slot}/rotate")
    @RolesAllowed(Roles.OPERATOR)
    @ResponseStatus(201)
    @Operation(summary = "Revoke the key of a slot and issue another")
    public Uni<IssuedKey> rotateKey(
            @RestPath UUID integratorId,
            @RestPath KeySlot slot,
            @Valid OptionalReason request,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return integrators.rotateKey(
                callers.operator(), integratorId, slot, OptionalReason.of(request), Precondition.of(ifMatch));
    }

    @DELETE
    @Path("/{integratorId}/keys/{slot}")
    @RolesAllowed(Roles.OPERATOR)
    @ResponseStatus(204)
    @Operation(summary = "Revoke the key of a slot")
    public Uni<Void> revokeKey(
            @RestPath UUID integratorId,
            @RestPath KeySlot slot,
            @RestQuery @Pattern(regexp = ReasonRequest.PATTERN, message = ReasonRequest.MESSAGE) String reason,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return integrators.revokeKey(callers.operator(), integratorId, slot, reason, Precondition.of(ifMatch));
    }

    @POST
    @Path("/{integratorId}/suspend")
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Refuse the integrator's keys until it is activated again")
    public Uni<IntegratorView> suspend(
            @RestPath UUID integratorId,
            @Valid OptionalReason request,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return integrators.activate(
                callers.operator(), integratorId, false, OptionalReason.of(request), Precondition.of(ifMatch));
    }

    @POST
    @Path("/{integratorId}/activate")
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Take a suspended integrator back")
    public Uni<IntegratorView> activate(
            @RestPath UUID integratorId,
            @Valid OptionalReason request,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return integrators.activate(
                callers.operator(), integratorId, true, OptionalReason.of(request), Precondition.of(ifMatch));
    }
}
