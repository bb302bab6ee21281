package dev.halo.link.session;

import java.time.Instant;
import java.util.UUID;

/**
 * Where the session with the cloud is.
 *
 * <pre>
 *   Disconnected ─► Connecting ─► AwaitingWelcome ─► Open ─► Draining ─► Connecting …
 *        ▲──────────────┴───────────────┴─────────────┴──────────┘
 *                         stop, from any ─► Closed
 * </pre>
 */
public sealed interface SessionState {

    /** For the report. */
    String message();

    /** Whether queries can come. */
    default boolean isOpen() {
        return false;
    }

    /**
     * No socket.
     *
     * @param nextTry null while there is nothing to try with
     */
    record Disconnected(String why, Instant nextTry) implements SessionState {
        @Override
        public String message() {
            return "not connected: " + why + (nextTry == null ? "" : "; next try at " + nextTry);
        }
    }

    /** The socket is being opened. */
    record Connecting() implements SessionState {
        @Override
        public String message() {
            return "connecting";
        }
    }

    /** The hello is sent. */
    record AwaitingWelcome() implements SessionState {
        @Override
        public String message() {
            return "waiting for the bridge's welcome";
        }
    }

    /** Queries come and go. */
    record Open(UUID sessionId, Instant since) implements SessionState {
        @Override
        public String message() {
            return "open since " + since;
        }

        @Override
        public boolean isOpen() {
            return true;
        }
    }

    /** The bridge is about to stop; the next session opens soon, what runs goes on. */
    record Draining(UUID sessionId, Instant nextSession) implements SessionState {
        @Override
        public String message() {
            return "the bridge is about to stop; next session at " + nextSession;
        }

        @Override
        public boolean isOpen() {
            return true;
        }
    }

    /** This Link has stopped. */
    record Closed() implements SessionState {
        @Override
        public String message() {
            return "stopped";
        }
    }
}
