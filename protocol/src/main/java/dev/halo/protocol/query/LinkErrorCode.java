package dev.halo.protocol.query;

/** The codes of {@link ErrorType#HALO_LINK}, as documented for integrators. */
public enum LinkErrorCode {
    /** The write may have been committed: the only one after which a client must look before it repeats. */
    OUTCOME_UNKNOWN(1001),
    EXPIRED_IN_QUEUE(1002),
    EXECUTION_LIMIT(1003),
    CANCELLED(1004),
    SITE_SUPERSEDED(1005),
    INTEGRATOR_DISABLED(1006),
    STATEMENT_NOT_ALLOWED(1007),
    UNKNOWN_CATALOGUE(1008),
    PARAMETER_NOT_CONVERTIBLE(1009),
    ROW_TOO_LARGE(1010),
    LINK_SHUTTING_DOWN(1011),
    INTERNAL(1099);

    private final int code;

    LinkErrorCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** A failure with this code. */
    public QueryFailure failure(String message) {
        return new QueryFailure(ErrorType.HALO_LINK, code, message);
    }
}
