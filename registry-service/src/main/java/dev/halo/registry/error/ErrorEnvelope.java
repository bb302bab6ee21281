package dev.halo.registry.error;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The body of every answer that is not a success: {@code {"error":{"status":…,"statusText":…,"message":…}}}. */
public record ErrorEnvelope(Error error) {

    /**
     * @param status the HTTP status
     * @param statusText its usual words
     * @param message what was wrong, in words for the caller
     */
    public record Error(int status, String statusText, String message) {}

    public static ErrorEnvelope of(Response.StatusType status, String message) {
        return new ErrorEnvelope(new Error(status.getStatusCode(), status.getReasonPhrase(), message));
    }

    static Response.ResponseBuilder response(Response.StatusType status, String message) {
        return Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(of(status, message));
    }
}
