package dev.halo.registry.retirement;

import dev.halo.protocol.link.LinkApi;
import dev.halo.registry.link.CallingLink;
import dev.halo.registry.link.LinkAuthenticated;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/** A Link takes its leave. */
@Path(LinkApi.REGISTRATION)
@PermitAll
@LinkAuthenticated
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Links")
public class RegistrationResource {

    private final Retirements retirements;
    private final CallingLink link;

    public RegistrationResource(Retirements retirements, CallingLink link) {
        this.retirements = retirements;
        this.link = link;
    }

    @DELETE
    @ResponseStatus(204)
    @Operation(summary = "The Link was uninstalled: it and its sites are not used any more")
    public Uni<Void> uninstalled() {
        return retirements.uninstalled(link.id());
    }
}
