package dev.halo.registry.access;

import jakarta.validation.constraints.Pattern;

/** As {@link ReasonRequest}, where none need be given; the body may be missing. */
public record OptionalReason(
        @Pattern(regexp = ReasonRequest.PATTERN, message = ReasonRequest.MESSAGE)
        String reason) {

    /** The reason of a body; null where there is none. */
    public static String of(OptionalReason body) {
        return body == null ? null : body.reason();
    }
}
