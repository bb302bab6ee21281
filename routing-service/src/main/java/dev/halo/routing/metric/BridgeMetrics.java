package dev.halo.routing.metric;

import dev.halo.protocol.query.Outcome.ReleaseCause;
import dev.halo.protocol.session.SessionRecord.CloseCause;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What the bridge counts. Names begin with {@code halo.bridge}; no tag has more values than an enum. */
public final class BridgeMetrics {

    /** Why something that a Link or a gateway sent was not passed on. */
    public enum Dropped {
        /** A record whose headers or value cannot be read. */
        MALFORMED_RECORD,
        /** A record of a type that does not belong on the topic. */
        UNEXPECTED_RECORD,
        /** The query is at the Link already. */
        DUPLICATE_QUERY,
        /** A query for a session that is not here but may be at a newer owner of this slot. */
        NOT_CERTAINLY_OURS,
        /** A cancel for a session that is not here. */
        CANCEL_WITHOUT_SESSION,
        /** A registered query for a session that is not here or cannot take it; its gateway sends it again. */
        REGISTER_NOT_DELIVERED,
        /** A message that is not a frame; the session ends. */
        MALFORMED_FRAME,
        /** A frame of a newer version. */
        UNKNOWN_FRAME,
        /** A frame that does not fit the session's state. */
        UNEXPECTED_FRAME,
        /** An event or an outcome for a site that is not the Link's: an alarm. */
        FOREIGN_SITE,
        /** An outcome that names another site, integrator or gateway than its query did: an alarm. */
        FORGED_OUTCOME,
        /** A reply to the Link that its congested socket could not take. */
        CONGESTED_REPLY
    }

    private final MeterRegistry registry;
    private final Map<ReleaseCause, Counter> released = new EnumMap<>(ReleaseCause.class);
    private final Map<CloseCause, Counter> closed = new EnumMap<>(CloseCause.class);
    private final Map<Dropped, Counter> dropped = new EnumMap<>(Dropped.class);
    private final Counter delivered;
    private final Counter cancelled;
    private final Counter ended;
    private final Counter endedUnasked;
    private final Counter progress;
    private final Counter registered;
    private final Counter ran;
    private final Counter abandoned;
    private final Counter notPublished;
    private final Counter clockWarnings;
    private final Counter reasserted;
    private final Counter authorityPushed;
    private final Counter authorityConfirmed;
    private final Timer recordAge;
    private final Timer unfinished;

    public BridgeMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (ReleaseCause cause : ReleaseCause.values()) {
            released.put(cause, counter("halo.bridge.queries.released", "cause", cause.name()));
        }
        for (CloseCause cause : CloseCause.values()) {
            closed.put(cause, counter("halo.bridge.sessions.closed", "cause", cause.name()));
        }
        for (Dropped reason : Dropped.values()) {
            dropped.put(reason, counter("halo.bridge.dropped", "reason", reason.name()));
        }
        delivered = counter("halo.bridge.queries.delivered");
        cancelled = counter("halo.bridge.cancels.forwarded");
        ended = counter("halo.bridge.queries.ended", "asked", "here");
        endedUnasked = counter("halo.bridge.queries.ended", "asked", "before");
        progress = counter("halo.bridge.queries.progress");
        registered = counter("halo.bridge.registered.forwarded");
        ran = counter("halo.bridge.registered.runs");
        abandoned = counter("halo.bridge.queries.abandoned");
        notPublished = counter("halo.bridge.records.failed");
        clockWarnings = counter("halo.bridge.clock.warnings");
        reasserted = counter("halo.bridge.sessions.reasserted");
        authorityPushed = counter("halo.bridge.authority.pushed");
        authorityConfirmed = counter("halo.bridge.authority.confirmed");
        recordAge = Timer.builder("halo.bridge.record.age")
                .description("Age of a query's record when it is read")
                .publishPercentileHistogram()
                .maximumExpectedValue(Duration.ofSeconds(60))
                .register(registry);
        unfinished = Timer.builder("halo.bridge.query.duration")
                .description("From forwarding a query to the Link to its outcome")
                .publishPercentileHistogram()
                .maximumExpectedValue(Duration.ofMinutes(10))
                .register(registry);
    }

    /** A gauge of this bridge's. */
    public void gauge(String name, Supplier<Number> value, String... tags) {
        Gauge.builder("halo.bridge." + name, value).tags(tags).register(registry);
    }

    public void released(ReleaseCause cause) {
        released.get(cause).increment();
    }

    public void closed(CloseCause cause) {
        closed.get(cause).increment();
    }

    public void dropped(Dropped reason) {
        dropped.get(reason).increment();
    }

    public void delivered() {
        delivered.increment();
    }

    public void cancelled() {
        cancelled.increment();
    }

    /** @param nanos since it was forwarded */
    public void ended(long nanos) {
        ended.increment();
        unfinished.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** An outcome of a query that another session or bridge had forwarded. */
    public void endedUnasked() {
        endedUnasked.increment();
    }

    public void progress() {
        progress.increment();
    }

    /** A registered query was forwarded to its Link. */
    public void registered() {
        registered.increment();
    }

    /** A registered query has run at its Link. */
    public void ran() {
        ran.increment();
    }

    /** Queries whose outcome did not come in time. */
    public void abandoned(int queries) {
        abandoned.increment(queries);
    }

    public void notPublished() {
        notPublished.increment();
    }

    public void clockWarning() {
        clockWarnings.increment();
    }

    public void reasserted() {
        reasserted.increment();
    }

    public void authorityPushed() {
        authorityPushed.increment();
    }

    public void authorityConfirmed() {
        authorityConfirmed.increment();
    }

    public void recordAge(long millis) {
        recordAge.record(millis, TimeUnit.MILLISECONDS);
    }

    private Counter counter(String name, String... tags) {
        return Counter.builder(name).tags(tags).register(registry);
    }
}
