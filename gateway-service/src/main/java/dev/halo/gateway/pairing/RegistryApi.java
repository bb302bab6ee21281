package dev.halo.gateway.pairing;

import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import org.eclipse.microprofile.rest.client.inject.RegisterRestClient;
import org.jboss.resteasy.reactive.RestResponse;

/** What the gateway asks of the registry. */
@RegisterRestClient(configKey = "registry")
@Path("/internal/v1")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public interface RegistryApi {

    /** An integrator wants to be paired with a site. */
    record PairingRequest(UUID integratorId, UUID siteId) {}

    /** @param created false if it was paired already */
    record PairingResponse(boolean created) {}

    /** Pairs; pairing again changes nothing. */
    @POST
    @Path("/pairings")
    Uni<RestResponse<PairingResponse>> pair(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization, PairingRequest pairing);
}
