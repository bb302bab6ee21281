package dev.halo.link.session;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What is counted of the session. */
public final class SessionMetrics {

    private final MeterRegistry registry;
    private final Counter opened;
    private final Counter unknownFrames;
    private final Counter malformedFrames;
    private final Counter halfDead;

    public SessionMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.opened = counter("halo.link.sessions.opened", "Sessions that were opened");
        this.unknownFrames = counter("halo.link.frames.unknown", "Frames of a kind that this version does not know");
        this.malformedFrames = counter("halo.link.frames.malformed", "Messages that are no frame");
        this.halfDead = counter("halo.link.sessions.half.dead", "Sockets closed because nothing was heard");
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    void watch(BridgeSession session) {
        Gauge.builder("halo.link.session.open", session, of -> of.state().isOpen() ? 1 : 0)
                .description("Whether queries can come")
                .register(registry);
    }

    void opened() {
        opened.increment();
    }

    void unknownFrame() {
        unknownFrames.increment();
    }

    void malformedFrame() {
        malformedFrames.increment();
    }

    void halfDead() {
        halfDead.increment();
    }

    void lost(String cause) {
        registry.counter("halo.link.sessions.lost", "cause", cause).increment();
    }
}
