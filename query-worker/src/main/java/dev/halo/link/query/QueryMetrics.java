package dev.halo.link.query;

import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.QueryMode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** What is counted of queries. */
public final class QueryMetrics {

    private final MeterRegistry registry;
    private final Counter duplicates;
    private final Counter skipped;

    public QueryMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.duplicates = Counter.builder("halo.link.queries.duplicate")
                .description("Copies of a query that were not run again")
                .register(registry);
        this.skipped = Counter.builder("halo.link.runs.skipped")
                .description("Runs of registered queries that were due while the one before still went on")
                .register(registry);
    }

    /** A run of a registered query did not begin, because the one before it still went on. */
    public void skipped() {
        skipped.increment();
    }

    void duplicate() {
        duplicates.increment();
    }

    /** A query, or a run of a registered one, has ended. */
    public void ended(QueryMode mode, Outcome outcome) {
        registry.counter("halo.link.queries", "mode", mode.wire(), "outcome", name(outcome))
                .increment();
    }

    void ran(QueryMode mode, long queuedMillis, long executingMillis) {
        timer("halo.link.query.queued", mode).record(Duration.ofMillis(queuedMillis));
        timer("halo.link.query.executing", mode).record(Duration.ofMillis(executingMillis));
    }

    private Timer timer(String name, QueryMode mode) {
        return registry.timer(name, "mode", mode.wire());
    }

    private static String name(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            return failed.failure().type().wire() + "-" + group(failed);
        }
        if (outcome instanceof Outcome.Released) {
            return "released";
        }
        return outcome instanceof Outcome.Rows ? "rows" : "affected";
    }

    /** Firebird has more codes than a metric should have series. */
    private static String group(Outcome.Failed failed) {
        return switch (failed.failure().type()) {
            case FBSQL -> "error";
            case HTTP, HALO_LINK -> Integer.toString(failed.failure().code());
        };
    }
}
