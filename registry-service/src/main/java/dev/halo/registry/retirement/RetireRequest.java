package dev.halo.registry.retirement;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.halo.registry.access.ReasonRequest;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/**
 * How something comes to its end, and why.
 *
 * @param as {@code removed} or {@code uninstalled}
 */
public record RetireRequest(
        @NotNull(message = "must be removed or uninstalled") As as,

        @NotNull(message = "is required") @Pattern(regexp = ReasonRequest.PATTERN, message = ReasonRequest.MESSAGE)
        String reason) {

    /** What it is called afterwards. */
    public enum As {
        REMOVED,
        UNINSTALLED;

        /** Reads the name in JSON. */
        @JsonCreator
        public static As fromWire(String wire) {
            return switch (wire) {
                case "removed" -> REMOVED;
                case "uninstalled" -> UNINSTALLED;
                default -> throw new IllegalArgumentException("must be removed or uninstalled");
            };
        }
    }

    Retirement how() {
        return as == As.REMOVED ? Retirement.REMOVED : Retirement.UNINSTALLED;
    }
}
