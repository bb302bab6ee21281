package dev.halo.gateway.registered;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * Says 405 where a path of registered queries exists but does not take a method. Without it the framework says 404: it
 * looks for a path among those of the method alone, and there are others with it.
 */
@Path("/integrator/sites/{siteId}/queries/registered")
public class WrongRegisteredVerbs {

    @PUT
    @Operation(hidden = true)
    public Response putAll() {
        throw new NotAllowedException(HttpMethod.GET, new String[] {HttpMethod.POST});
    }

    @DELETE
    @Operation(hidden = true)
    public Response deleteAll() {
        throw new NotAllowedException(HttpMethod.GET, new String[] {HttpMethod.POST});
    }

    @PATCH
    @Operation(hidden = true)
    public Response patchAll() {
        throw new NotAllowedException(HttpMethod.GET, new String[] {HttpMethod.POST});
    }

    @POST
    @Path("{queryId}")
    @Operation(hidden = true)
    public Response postOne() {
        throw new NotAllowedException(HttpMethod.GET, new String[] {HttpMethod.DELETE});
    }

    @PUT
    @Path("{queryId}")
    @Operation(hidden = true)
    public Response putOne() {
        throw new NotAllowedException(HttpMethod.GET, new String[] {HttpMethod.DELETE});
    }

    @PATCH
    @Path("{queryId}")
    @Operation(hidden = true)
    public Response patchOne() {
        throw new NotAllowedException(HttpMethod.GET, new String[] {HttpMethod.DELETE});
    }

    @POST
    @Path("{queryId}/results")
    @Operation(hidden = true)
    public Response postResults() {
        throw new NotAllowedException(HttpMethod.GET);
    }

    @PUT
    @Path("{queryId}/results")
    @Operation(hidden = true)
    public Response putResults() {
        throw new NotAllowedException(HttpMethod.GET);
    }

    @DELETE
    @Path("{queryId}/results")
    @Operation(hidden = true)
    public Response deleteResults() {
        throw new NotAllowedException(HttpMethod.GET);
    }

    @PATCH
    @Path("{queryId}/results")
    @Operation(hidden = true)
    public Response patchResults() {
        throw new NotAllowedException(HttpMethod.GET);
    }
}
