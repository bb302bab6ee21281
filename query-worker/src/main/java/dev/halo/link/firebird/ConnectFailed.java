package dev.halo.link.firebird;

import dev.halo.link.firebird.ProbeResult.Problem;

/** A connection could not be opened. The message is for the practice's administrator; it holds no secret. */
public final class ConnectFailed extends Exception {

    private static final long serialVersionUID = 1L;

    private final Problem problem;

    ConnectFailed(Problem problem, String message, Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    /** What kind of trouble it is. */
    public Problem problem() {
        return problem;
    }
}
