package dev.halo.link.execution;

import dev.halo.protocol.query.QueryBounds;
import dev.halo.protocol.query.QueryMode;
import java.time.Duration;
import java.util.Objects;

/**
 * The bounds of one execution.
 *
 * @param read of a statement in a read-only transaction
 * @param write of a statement in a read-write transaction: its row locks block the practice's own users
 * @param maxResultBytes bytes of the result's JSON; above it the answer is {@code http} 413
 */
public record ExecutionLimits(Duration read, Duration write, long maxResultBytes) {

    /** The {@link #maxResultBytes()} of a result without a bound. */
    public static final long UNBOUNDED = Long.MAX_VALUE;

    public ExecutionLimits {
        Objects.requireNonNull(read, "read");
        Objects.requireNonNull(write, "write");
        if (read.isNegative() || read.isZero() || write.isNegative() || write.isZero()) {
            throw new IllegalArgumentException("an execution limit must be positive");
        }
        if (maxResultBytes < 1) {
            throw new IllegalArgumentException("maxResultBytes must be positive");
        }
    }

    /** The configured limits of a class of queries. */
    public static ExecutionLimits of(QueryMode mode, ExecutionConfig config) {
        ExecutionLimits contract = of(mode);
        Duration read = mode == QueryMode.ASYNC ? config.asyncReadLimit() : config.readLimit();
        return new ExecutionLimits(read, config.writeLimit(), contract.maxResultBytes());
    }

    /** The contract's limits of a class of queries. */
    public static ExecutionLimits of(QueryMode mode) {
        Duration write = Duration.ofSeconds(30);
        return switch (mode) {
            case IMMEDIATE, REGISTERED ->
                new ExecutionLimits(Duration.ofSeconds(60), write, QueryBounds.MAX_IMMEDIATE_RESULT_BYTES);
            case ASYNC -> new ExecutionLimits(Duration.ofMinutes(5), write, UNBOUNDED);
        };
    }
}
