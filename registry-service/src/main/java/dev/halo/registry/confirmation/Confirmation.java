package dev.halo.registry.confirmation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;

/**
 * Whether a Link has applied a change of authority.
 *
 * @param at when a bridge last heard it say so; null unless confirmed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Confirmation(State state, Instant at) {

    /** How far it is. */
    public enum State {
        /** From then on it starts nothing more on what it lost. */
        CONFIRMED("confirmed"),
        /** It has a session and has not answered yet. */
        PENDING("pending"),
        /** It has no session; it is told when it opens one, before it may run anything. */
        NOT_CONNECTED("notConnected"),
        /** No Link lost anything. */
        NOT_NEEDED("notNeeded");

        private final String wire;

        State(String wire) {
            this.wire = wire;
        }

        /** The name in JSON. */
        @JsonValue
        public String wire() {
            return wire;
        }
    }

    public static Confirmation notNeeded() {
        return new Confirmation(State.NOT_NEEDED, null);
    }
}
