package dev.halo.gateway.immediate;

import dev.halo.gateway.error.Refusal;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Timing;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/** Where the time of immediate queries goes, and how they end. */
final class ImmediateMetrics {

    private final MeterRegistry registry;
    private final Map<String, Timer> ends = new ConcurrentHashMap<>();
    private final Map<String, Timer> stages = new ConcurrentHashMap<>();

    ImmediateMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** @param answer null where there is none */
    void ended(Instant createdAt, Answer answer, Throwable failure) {
        Duration total = Duration.between(createdAt, answer == null ? Instant.now() : answer.completedAt());
        ends.computeIfAbsent(nameOf(answer, failure), name -> registry.timer("halo.gateway.immediate", "outcome", name))
                .record(total.isNegative() ? Duration.ZERO : total);
        if (answer != null) {
            Timing timing = timing(answer.outcome());
            stage("queued", timing.queued());
            stage("executing", timing.executing());
            stage("database", timing.sql());
            stage("uploading", timing.uploading());
            stage("transport", total.toMillis() - timing.queued() - timing.executing() - timing.uploading());
        }
    }

    void released(Outcome.ReleaseCause cause) {
        registry.counter("halo.gateway.released", "cause", cause.name()).increment();
    }

    private void stage(String name, long millis) {
        stages.computeIfAbsent(name, stage -> registry.timer("halo.gateway.immediate.stage", "stage", stage))
                .record(Duration.ofMillis(Math.max(0, millis)));
    }

    private static Timing timing(Outcome outcome) {
        if (outcome instanceof Outcome.Rows rows) {
            return rows.timing();
        }
        if (outcome instanceof Outcome.Affected affected) {
            return affected.timing();
        }
        return outcome instanceof Outcome.Failed failed ? failed.timing() : Timing.NONE;
    }

    private static String nameOf(Answer answer, Throwable failure) {
        if (answer == null) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            return cause instanceof Refusal ? "notAttempted" : "fault";
        }
        return answer.outcome() instanceof Outcome.Failed failed
                ? failed.failure().type().wire()
                : "successful";
    }
}
