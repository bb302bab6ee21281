package dev.halo.gateway.error;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of every refused request. */
@Schema(name = "Error", description = "What every request that is not answered as asked gets.")
public record ErrorEnvelope(Body error) {

    /**
     * @param status the HTTP status
     * @param statusText its phrase
     * @param message what is wrong, in words
     */
    @Schema(name = "ErrorBody")
    public record Body(
            @Schema(description = "The HTTP status.") int status,

            @Schema(description = "The phrase of the status.")
            String statusText,

            @Schema(description = "What is wrong, in words.")
            String message) {}

    public static ErrorEnvelope of(Reason reason, String message) {
        return new ErrorEnvelope(new Body(reason.status(), reason.phrase(), message));
    }
}
