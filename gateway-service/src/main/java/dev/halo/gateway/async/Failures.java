package dev.halo.gateway.async;

import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import dev.halo.protocol.site.Availability;

/** What the gateway itself says of an async query that did not succeed. */
final class Failures {

    private static final int GATEWAY_TIMEOUT = 504;
    private static final int UNAVAILABLE = 503;
    private static final int INTERNAL = 500;

    private Failures() {}

    /** Somebody wanted it to end. */
    static QueryFailure of(LinkErrorCode cause) {
        return cause.failure(
                switch (cause) {
                    case SITE_SUPERSEDED -> "Another site answers for the practice now; the query was not run.";
                    case INTEGRATOR_DISABLED -> "The practice has disabled the integrator.";
                    default -> "The query was cancelled.";
                });
    }

    static QueryFailure expired() {
        return LinkErrorCode.EXPIRED_IN_QUEUE.failure("The query was not started within its maxTimeInQueue.");
    }

    static QueryFailure unknown(boolean mayWrite) {
        return LinkErrorCode.OUTCOME_UNKNOWN.failure(
                mayWrite
                        ? "The outcome is unknown: what the statement writes may have been committed. Look before"
                                + " repeating it."
                        : "The outcome is unknown: the site has not been heard since the query ran.");
    }

    /** A read that its Link has forgotten and that does not begin anew. */
    static QueryFailure lost() {
        return LinkErrorCode.INTERNAL.failure("The site lost the query while it ran. It may be repeated.");
    }

    static QueryFailure notTaken(Availability availability) {
        return new QueryFailure(
                ErrorType.HTTP,
                UNAVAILABLE,
                availability == Availability.OFFLINE
                        ? "Site could not be contacted: it was offline. The query was not attempted."
                        : "Site could not be contacted: nothing was heard of it. The query was not attempted.");
    }

    static QueryFailure notPublished() {
        return new QueryFailure(ErrorType.HTTP, INTERNAL, "The query could not be passed on. It was not attempted.");
    }

    static QueryFailure pagesIncomplete() {
        return new QueryFailure(
                ErrorType.HTTP, GATEWAY_TIMEOUT, "The query ran, but its pages are not what it produced.");
    }

    static QueryFailure notInPages() {
        return new QueryFailure(ErrorType.HTTP, GATEWAY_TIMEOUT, "The query ran, but its rows did not come in pages.");
    }
}
