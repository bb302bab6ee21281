package dev.halo.link.execution;

import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;

/** Why a running query is stopped before its end. */
public enum StopCause {
    /** It ran longer than its execution limit. */
    EXECUTION_LIMIT(
            LinkErrorCode.EXECUTION_LIMIT, "The statement ran longer than its execution limit and was cancelled."),
    /** The integrator asked for it, or no longer waits. */
    CANCELLED(LinkErrorCode.CANCELLED, "The query was cancelled."),
    /** Another Link has become authoritative for the practice. */
    SUPERSEDED(LinkErrorCode.SITE_SUPERSEDED, "The site is no longer authoritative; redo Get sites."),
    /** The practice has disabled the integrator. */
    DISABLED(LinkErrorCode.INTEGRATOR_DISABLED, "The practice has not enabled this integrator."),
    /** The Link is about to stop. */
    SHUTDOWN(LinkErrorCode.LINK_SHUTTING_DOWN, "The Link is shutting down.");

    private final LinkErrorCode code;
    private final String message;

    StopCause(LinkErrorCode code, String message) {
        this.code = code;
        this.message = message;
    }

    /** The cause that a bridge gives. */
    public static StopCause of(LinkErrorCode code) {
        return switch (code) {
            case SITE_SUPERSEDED -> SUPERSEDED;
            case INTEGRATOR_DISABLED -> DISABLED;
            case EXECUTION_LIMIT -> EXECUTION_LIMIT;
            case LINK_SHUTTING_DOWN -> SHUTDOWN;
            default -> CANCELLED;
        };
    }

    /** What the integrator is told. */
    public QueryFailure failure() {
        return code.failure(message);
    }
}
