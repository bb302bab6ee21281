package dev.halo.link.firebird;

import dev.halo.protocol.query.QueryFailure;

/** An integrator's query gets no connection. */
public final class AccessRefused extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient QueryFailure failure;

    AccessRefused(QueryFailure failure) {
        super(failure.toString(), null, false, false);
        this.failure = failure;
    }

    /** What the integrator is told. */
    public QueryFailure failure() {
        return failure;
    }
}
