package dev.halo.gateway.record;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestPath;

/**
 * Says 405 where a path of queries exists but does not take a method. Without it the framework says 404: it looks for a
 * path among those of the method alone, and there are others with it.
 */
@Path("/integrator/sites/{siteId}/queries")
public class WrongVerbs {

    /** The literal segments that take POST only, and are not looked after elsewhere. */
    private static final String POST_ONLY = "{literal:async|status}";

    /** Immediates have their own. */
    @GET
    @Path("{literal:immediate|async|status}")
    @Operation(hidden = true)
    public Response get(@RestPath String literal) {
        throw new NotAllowedException(HttpMethod.POST);
    }

    @PUT
    @Path(POST_ONLY)
    @Operation(hidden = true)
    public Response put(@RestPath String literal) {
        throw new NotAllowedException(HttpMethod.POST);
    }

    @DELETE
    @Path(POST_ONLY)
    @Operation(hidden = true)
    public Response delete(@RestPath String literal) {
        throw new NotAllowedException(HttpMethod.POST);
    }

    @PATCH
    @Path(POST_ONLY)
    @Operation(hidden = true)
    public Response patch(@RestPath String literal) {
        throw new NotAllowedException(HttpMethod.POST);
    }

    @POST
    @Path(QueryResource.ID)
    @Operation(hidden = true)
    public Response postToQuery(@RestPath String queryId) {
        throw new NotAllowedException(HttpMethod.GET, new String[] {HttpMethod.DELETE});
    }

    @PUT
    @Path(QueryResource.ID)
    @Operation(hidden = true)
    public Response putToQuery(@RestPath String queryId) {
        throw new NotAllowedException(HttpMethod.GET, new String[] {HttpMethod.DELETE});
    }

    @PATCH
    @Path(QueryResource.ID)
    @Operation(hidden = true)
    public Response patchOfQuery(@RestPath String queryId) {
        throw new NotAllowedException(HttpMethod.GET, new String[] {HttpMethod.DELETE});
    }
}
