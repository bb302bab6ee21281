package dev.halo.registry.outbox;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/** What the relay of this process is doing, for health and metrics. */
@ApplicationScoped
public class RelayStatus {

    private final MeterRegistry meters;
    private final Clock clock;
    private volatile RelayState state = RelayState.STARTING;
    private volatile boolean compared;
    private volatile OutboxConnection.Backlog backlog = new OutboxConnection.Backlog(0, Optional.empty());

    public RelayStatus(MeterRegistry meters, Clock clock) {
        this.meters = meters;
        this.clock = clock;
        Gauge.builder("halo.registry.outbox.depth", this, RelayStatus::depth)
                .description("Records that wait to be published, as last seen by this process")
                .register(meters);
        Gauge.builder("halo.registry.outbox.age", this, s -> s.age().toMillis() / 1000.0)
                .description("How long the oldest of them has waited")
                .baseUnit("seconds")
                .register(meters);
        Gauge.builder("halo.registry.relay.publishing", this, s -> s.state == RelayState.PUBLISHING ? 1 : 0)
                .description("1 while this process publishes")
                .register(meters);
    }

    public RelayState state() {
        return state;
    }

    /**
     * Whether it is known that the database is the one that the topics were written from: this process has compared the two since
     * its start, or stands by for another that publishes. What becomes of Kafka later changes nothing about it.
     */
    public boolean isCompared() {
        return compared;
    }

    /** Records in the outbox when the relay last looked. */
    public long depth() {
        return backlog.rows();
    }

    /** How long the oldest of them has waited; zero where there is none. */
    public Duration age() {
        return backlog.oldest()
                .map(oldest -> Duration.between(oldest, clock.instant()))
                .filter(age -> !age.isNegative())
                .orElse(Duration.ZERO);
    }

    void state(RelayState now) {
        state = now;
        if (now == RelayState.STANDBY) {
            compared = true;
        } else if (now == RelayState.FOREIGN_DATABASE) {
            compared = false;
        }
    }

    void compared() {
        compared = true;
    }

    void backlog(OutboxConnection.Backlog now) {
        backlog = now;
    }

    void published(Collection<Publication> publications) {
        publications.forEach(publication -> meters.counter(
                        "halo.registry.published", "topic", publication.topic().baseName())
                .increment());
    }
}
