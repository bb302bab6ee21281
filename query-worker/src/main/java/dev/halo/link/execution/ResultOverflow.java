package dev.halo.link.execution;

import dev.halo.protocol.query.ErrorType;
import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.QueryFailure;
import java.io.IOException;

/** A result grows beyond a bound. */
final class ResultOverflow extends IOException {

    private static final long serialVersionUID = 1L;
    private static final int PAYLOAD_TOO_LARGE = 413;

    private final boolean row;
    private final long bound;

    private ResultOverflow(boolean row, long bound) {
        super("result over its bound", null);
        this.row = row;
        this.bound = bound;
    }

    static ResultOverflow ofRow(long bound) {
        return new ResultOverflow(true, bound);
    }

    static ResultOverflow ofResult(long bound) {
        return new ResultOverflow(false, bound);
    }

    /** @param committed whether the statement wrote, and what it wrote has been committed */
    QueryFailure failure(boolean committed) {
        String ran = committed ? " The statement ran and its changes were committed." : "";
        return row
                ? LinkErrorCode.ROW_TOO_LARGE.failure("A row is larger than " + bound + " bytes of JSON." + ran)
                : new QueryFailure(
                        ErrorType.HTTP,
                        PAYLOAD_TOO_LARGE,
                        "The result is larger than " + bound + " bytes of JSON." + ran);
    }
}
