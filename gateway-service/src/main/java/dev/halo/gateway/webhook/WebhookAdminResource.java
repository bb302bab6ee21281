package dev.halo.gateway.webhook;

import dev.halo.gateway.access.Ids;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.store.Store;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** Webhooks that did not reach their receivers, for operators. */
@Path("/admin/v1/webhooks")
@Produces(MediaType.APPLICATION_JSON)
public class WebhookAdminResource {

    private static final Logger LOG = Logger.getLogger(WebhookAdminResource.class);
    private static final String OPERATOR = "operator";
    private static final String SUPPORT = "support";
    private static final int MAX_LIMIT = 500;
    private static final int MAX_OFFSET = 1_000_000;

    /** @param webhooks the latest first */
    public record WebhookList(List<UndeliveredWebhook> webhooks) {}

    private final WebhookStore store;
    private final SecurityIdentity identity;

    public WebhookAdminResource(WebhookStore store, SecurityIdentity identity) {
        this.store = store;
        this.identity = identity;
    }

    /** The undelivered ones, a page of them, of all or of one integrator or site. */
    @GET
    @RolesAllowed({OPERATOR, SUPPORT})
    @Operation(hidden = true)
    public Uni<WebhookList> list(
            @RestQuery String integratorId,
            @RestQuery String siteId,
            @RestQuery @DefaultValue("0") String offset,
            @RestQuery @DefaultValue("100") String limit) {
        Optional<UUID> integrator = Optional.ofNullable(integratorId).map(text -> Ids.parameter("integratorId", text));
        Optional<UUID> site = Optional.ofNullable(siteId).map(text -> Ids.parameter("siteId", text));
        int from = number("offset", offset, 0, MAX_OFFSET);
        int most = number("limit", limit, 1, MAX_LIMIT);
        return Uni.createFrom()
                .completionStage(() -> store.undelivered(integrator, site, from, most)
                        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(Store.unavailable())))
                .map(WebhookList::new);
    }

    /** Has one sent again, with all its attempts and its id. */
    @POST
    @Path("{id}/resend")
    @RolesAllowed({OPERATOR, SUPPORT})
    @Operation(hidden = true)
    public Uni<Response> resend(@RestPath String id) {
        UUID webhook = Ids.parameter("id", id);
        String actor = identity.getPrincipal().getName();
        return Uni.createFrom()
                .completionStage(() -> store.resend(webhook)
                        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(Store.unavailable())))
                .map(found -> {
                    if (!found) {
                        throw Refusal.notFound("There is no undelivered webhook with the id " + webhook + ".");
                    }
                    LOG.infof("event=webhookResend webhookId=%s actor=%s", webhook, actor);
                    return Response.accepted().build();
                });
    }

    private static int number(String name, String text, int least, int most) {
        if (text.matches("\\d{1,9}")) {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw Refusal.invalid(name + " must be a whole number from " + least + " to " + most + ".");
    }
}
