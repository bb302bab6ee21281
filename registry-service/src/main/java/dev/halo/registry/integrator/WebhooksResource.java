package dev.halo.registry.integrator;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halo.registry.access.Callers;
import dev.halo.registry.access.Roles;
import dev.halo.registry.tag.Precondition;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;

/** Where integrators are notified, for operators. */
@Path("/admin/v1/integrators/{integratorId}/webhooks")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Integrators")
public class WebhooksResource {

    /**
     * URL templates with {@code {siteId}}, {@code {queryId}} and {@code {source}} behind the host.
     *
     * @param url of all that has none of its own
     * @param asyncUrl of async queries
     * @param registeredUrl of registered queries
     */
    public record SetRequest(String url, String asyncUrl, String registeredUrl) {
        /** Never the URLs: receivers put secrets of their own into them. */
        @Override
        public String toString() {
            return "SetRequest";
        }
    }

    /** @param secret only where it was made just now: shown this once */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record WebhooksView(String url, String asyncUrl, String registeredUrl, String secret) {
        @Override
        public String toString() {
            return "WebhooksView";
        }
    }

    /** @param secret shown this once */
    public record IssuedSecret(UUID integratorId, String secret, Instant issuedAt) {
        @Override
        public String toString() {
            return "IssuedSecret[" + integratorId + "]";
        }
    }

    private final Webhooks webhooks;
    private final Callers callers;

    public WebhooksResource(Webhooks webhooks, Callers callers) {
        this.webhooks = webhooks;
        this.callers = callers;
    }

    @GET
    @RolesAllowed({Roles.OPERATOR, Roles.SUPPORT})
    @Operation(summary = "Where the integrator is notified")
    public Uni<WebhooksView> get(@RestPath UUID integratorId) {
        return webhooks.get(integratorId);
    }

    @PUT
    @RolesAllowed(Roles.OPERATOR)
    @Operation(summary = "Set where the integrator is notified; the first time a secret is made and shown")
    public Uni<WebhooksView> set(
            @RestPath UUID integratorId,
            @Valid @NotNull(message = "The body is missing.") SetRequest request,
            @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return webhooks.set(callers.operator(), integratorId, request, Precondition.of(ifMatch));
    }

    @DELETE
    @RolesAllowed(Roles.OPERATOR)
    @ResponseStatus(204)
    @Operation(summary = "Notify the integrator no more, and forget its secret")
    public Uni<Void> remove(@RestPath UUID integratorId, @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return webhooks.remove(callers.operator(), integratorId, Precondition.of(ifMatch));
    }

    @POST
    @Path("/secret")
    @RolesAllowed(Roles.OPERATOR)
    @ResponseStatus(201)
    @Operation(summary = "Issue another signing secret; the old one is not used any more")
    public Uni<IssuedSecret> issueSecret(
            @RestPath UUID integratorId, @RestHeader(HttpHeaders.IF_MATCH) String ifMatch) {
        return webhooks.issueSecret(callers.operator(), integratorId, Precondition.of(ifMatch));
    }
}
