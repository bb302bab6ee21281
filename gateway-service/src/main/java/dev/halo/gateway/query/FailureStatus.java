package dev.halo.gateway.query;

import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;

/** The HTTP status of a failed immediate query. */
public final class FailureStatus {

    private FailureStatus() {}

    /**
     * 400 for what the database or the agent says of the statement, 413 for a result that is too big, 504 for what was
     * or may have been attempted and did not come to an end of its own.
     */
    public static int of(QueryFailure failure) {
        return switch (failure.type()) {
            case FBSQL -> 400;
            case HTTP -> failure.code() == 413 ? 413 : 504;
            case HALO_LINK -> ofAgent(failure);
        };
    }

    private static int ofAgent(QueryFailure failure) {
        for (LinkErrorCode code : LinkErrorCode.values()) {
            if (failure.is(code)) {
                return switch (code) {
                    case OUTCOME_UNKNOWN, EXPIRED_IN_QUEUE, EXECUTION_LIMIT, LINK_SHUTTING_DOWN, INTERNAL -> 504;
                    case ROW_TOO_LARGE -> 413;
                    case SITE_SUPERSEDED, INTEGRATOR_DISABLED -> 403;
                    case CANCELLED, STATEMENT_NOT_ALLOWED, UNKNOWN_CATALOGUE, PARAMETER_NOT_CONVERTIBLE -> 400;
                };
            }
        }
        return 504;
    }
}
