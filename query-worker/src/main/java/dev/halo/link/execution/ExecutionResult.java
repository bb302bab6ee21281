package dev.halo.link.execution;

import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.QueryFailure;
import java.util.List;
import java.util.Objects;

/** The one end of an execution. */
public sealed interface ExecutionResult {

    /** How long it took. */
    Elapsed elapsed();

    /**
     * Rows were read; they went to the {@link RowSink}.
     *
     * @param bytes of their JSON: the sum over all pages
     * @param parameters output parameters, empty where there are none
     */
    record Rows(long rows, long bytes, List<Parameter> parameters, Elapsed elapsed) implements ExecutionResult {
        public Rows {
            parameters = List.copyOf(parameters);
            Objects.requireNonNull(elapsed, "elapsed");
        }
    }

    /**
     * A nonQuery ran.
     *
     * @param rowsAffected inserted, updated and deleted rows; 0 for a SELECT
     * @param parameters output parameters, empty where there are none
     */
    record Affected(long rowsAffected, List<Parameter> parameters, Elapsed elapsed) implements ExecutionResult {
        public Affected {
            parameters = List.copyOf(parameters);
            Objects.requireNonNull(elapsed, "elapsed");
        }
    }

    /** It failed, or was refused. What the sink was given is to be thrown away. */
    record Failed(QueryFailure failure, Elapsed elapsed) implements ExecutionResult {
        public Failed {
            Objects.requireNonNull(failure, "failure");
            Objects.requireNonNull(elapsed, "elapsed");
        }
    }

    /**
     * Durations in milliseconds of the monotonic clock.
     *
     * @param executing from the call to its return
     * @param sql of that, the time inside the database's calls
     */
    record Elapsed(long executing, long sql) {}
}
