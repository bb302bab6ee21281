package dev.halo.link.sql;

import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;

/** The Link does not run a command; nothing of it has been executed. The message is for the integrator, never for a log. */
public final class StatementRefused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient QueryFailure failure;

    public StatementRefused(QueryFailure failure) {
        super(failure.toString(), null, false, false);
        this.failure = failure;
    }

    /** A kind of statement that integrators may not run. */
    public static StatementRefused notAllowed(String message) {
        return new StatementRefused(LinkErrorCode.STATEMENT_NOT_ALLOWED.failure(message));
    }

    /** A parameter is missing, too many, or cannot become what the database needs. */
    public static StatementRefused badParameter(String message) {
        return new StatementRefused(LinkErrorCode.PARAMETER_NOT_CONVERTIBLE.failure(message));
    }

    /** What the integrator is told. */
    public QueryFailure failure() {
        return failure;
    }
}
