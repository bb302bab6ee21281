package dev.halo.gateway.async;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** How many async queries there are, how they end, and what is heard of them. */
@ApplicationScoped
class AsyncMetrics {

    private final MeterRegistry registry;
    private final AtomicLong unfinished = new AtomicLong();
    private final AtomicLong unsent = new AtomicLong();
    private final AtomicLong oldestMillis = new AtomicLong();

    AsyncMetrics(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("halo.gateway.async.unfinished", unfinished, AtomicLong::get)
                .description("Async queries that have not ended")
                .register(registry);
        Gauge.builder("halo.gateway.async.unsent", unsent, AtomicLong::get)
                .description("Of these, those that wait in PostgreSQL")
                .register(registry);
        Gauge.builder("halo.gateway.async.oldest", oldestMillis, millis -> millis.get() / 1000.0)
                .description("Age of the oldest unfinished async query in seconds")
                .register(registry);
    }

    void started() {
        registry.counter("halo.gateway.async.started").increment();
    }

    void ended(AsyncQuery query) {
        Duration life = Duration.between(query.createdAt(), query.progress().completedAt());
        registry.timer("halo.gateway.async.ended", "status", query.status().wire())
                .record(life.isNegative() ? Duration.ZERO : life);
    }

    /** @param how applied, ignored, unknown or foreign */
    void event(String type, String how) {
        registry.counter("halo.gateway.async.events", "type", type, "outcome", how)
                .increment();
    }

    void sent(String how) {
        registry.counter("halo.gateway.async.sent", "outcome", how).increment();
    }

    void reconciled() {
        registry.counter("halo.gateway.async.reconciled").increment();
    }

    void swept(String outcome) {
        registry.counter("halo.gateway.async.sweeps", "outcome", outcome).increment();
    }

    void stand(long all, long waiting, Duration oldest) {
        unfinished.set(all);
        unsent.set(waiting);
        oldestMillis.set(oldest.toMillis());
    }
}
