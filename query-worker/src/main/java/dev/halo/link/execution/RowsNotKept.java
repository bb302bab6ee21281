package dev.halo.link.execution;

import dev.halo.protocol.query.QueryFailure;
import java.io.IOException;
import java.util.Objects;

/** A {@link RowSink} takes no more rows, and says what the integrator is told of it. */
public final class RowsNotKept extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient QueryFailure failure;

    public RowsNotKept(QueryFailure failure) {
        super("rows were not kept", null);
        this.failure = Objects.requireNonNull(failure, "failure");
    }

    /** What the query ends with. */
    public QueryFailure failure() {
        return failure;
    }
}
