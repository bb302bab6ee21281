package dev.halo.routing.session;

import dev.halo.protocol.session.SessionRecord.CloseCause;

/**
 * Where a session is in its life.
 *
 * <pre>
 *   Authenticated ──hello──► Opening ──in the log──► Open ──drain──► Draining
 *         │                     │                     │                 │
 *         └─────────────────────┴──────────┬──────────┴─────────────────┘
 *                                          ▼
 *                                   Closed(cause)
 * </pre>
 *
 * Only {@link Open} takes queries; {@link Open} and {@link Draining} take what the Link reports. An event that does not
 * fit leaves the state as it is.
 */
public sealed interface SessionState {

    /** The token was right; the first frame is awaited until then. */
    record Authenticated(long helloByNanos) implements SessionState {
        Opening onHello(Handshake handshake, long openByNanos) {
            return new Opening(handshake, openByNanos);
        }
    }

    /** The session's record is on its way into the log; it must be there by then. */
    record Opening(Handshake handshake, long openByNanos) implements SessionState {
        Open onLogged() {
            return new Open();
        }
    }

    /** The Link was welcomed. */
    record Open() implements SessionState {
        Draining onDrain(long idleFromNanos, long closeByNanos) {
            return new Draining(idleFromNanos, closeByNanos);
        }
    }

    /**
     * The Link was sent elsewhere; what runs may end.
     *
     * @param idleFromNanos from when on the socket is closed once nothing runs
     * @param closeByNanos when it is closed whatever runs
     */
    record Draining(long idleFromNanos, long closeByNanos) implements SessionState {
        boolean isOver(long nowNanos, boolean idle) {
            return nowNanos - closeByNanos >= 0 || (idle && nowNanos - idleFromNanos >= 0);
        }
    }

    /** Over, for this reason. */
    record Closed(CloseCause cause) implements SessionState {}

    /** Whether the Link's reports on queries are taken. */
    default boolean isReporting() {
        return this instanceof Open || this instanceof Draining;
    }

    /** The tag of the metric. */
    default String tag() {
        return getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }
}
