package dev.halo.registry.access;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/** Why an operator changes something, for the audit. */
public record ReasonRequest(
        @NotNull(message = "is required") @Pattern(regexp = ReasonRequest.PATTERN, message = ReasonRequest.MESSAGE)
        String reason) {

    /** Of a reason, wherever it is given. */
    public static final String PATTERN = "\\P{Cntrl}{1,500}";

    /** What is said where it does not fit. */
    public static final String MESSAGE = "must be 1 to 500 characters";
}
