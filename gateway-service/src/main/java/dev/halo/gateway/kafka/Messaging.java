package dev.halo.gateway.kafka;

import dev.halo.gateway.config.GatewayConfig;
import dev.halo.gateway.config.KafkaConfig;
import dev.halo.gateway.view.Views;
import dev.halo.messaging.KafkaClients;
import dev.halo.messaging.KafkaSettings;
import dev.halo.messaging.RequestReply;
import dev.halo.messaging.SessionDirectory;
import dev.halo.messaging.SlotBeacon;
import dev.halo.messaging.SlotDirectory;
import dev.halo.messaging.TopicAdmin;
import dev.halo.protocol.session.SlotRecord;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.jboss.logging.Logger;

/**
 * Owns everything of this process that talks to Kafka, and starts and stops it in the order that the slot demands: it
 * reads replies before it claims its slot, and gives the slot back when nobody waits any more.
 */
@ApplicationScoped
public class Messaging {

    private static final Logger LOG = Logger.getLogger(Messaging.class);
    private static final Duration FLUSH = Duration.ofSeconds(5);
    private static final int EXIT_SLOT_LOST = 70;

    private final KafkaSettings settings;
    private final KafkaProducer<String, byte[]> producer;
    private final Views views;
    private final SlotDirectory slots;
    private final SessionDirectory sessions;
    private final RequestReply requests;
    private final SlotBeacon beacon;
    private final MeterRegistry metrics;

    public Messaging(KafkaConfig kafka, GatewayConfig config, MeterRegistry metrics) {
        this.settings = kafka.settings();
        this.metrics = metrics;
        this.producer = KafkaClients.producer(settings, "halo-gateway-" + config.slot());
        this.views = new Views(settings, config.catchUp());
        this.slots = new SlotDirectory(settings);
        this.sessions = new SessionDirectory(settings, slots);
        this.requests = new RequestReply(
                settings, producer, config.slot(), config.immediate().maxPending());
        this.beacon = new SlotBeacon(settings, producer, SlotRecord.Kind.GATEWAY, config.slot(), cause -> {
            LOG.errorf("event=exit reason=slotLost cause=%s", cause);
            Quarkus.asyncExit(EXIT_SLOT_LOST);
        });
    }

    void start(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) StartupEvent event) {
        TopicAdmin.ensure(settings);
        slots.start();
        sessions.start();
        views.start();
        requests.start();
        meter();
        try {
            requests.ready()
                    .toCompletableFuture()
                    .orTimeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new IllegalStateException("Kafka has not shown the end of this slot's replies in time", e.getCause());
        }
        beacon.start();
    }

    void draining(@Observes ShutdownDelayInitiatedEvent event) {
        beacon.drain();
    }

    void stop(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) ShutdownEvent event) {
        requests.close();
        beacon.close();
        views.close();
        sessions.close();
        slots.close();
        producer.close(FLUSH);
    }

    /** Whether requests can be checked and answered. */
    public boolean isReady() {
        return views.isLoaded() && sessions.isLoaded() && requests.isReady() && beacon.isHeld();
    }

    public boolean areViewsLoaded() {
        return views.isLoaded() && sessions.isLoaded();
    }

    public boolean isSlotHeld() {
        return beacon.isHeld();
    }

    public KafkaSettings settings() {
        return settings;
    }

    public Producer<String, byte[]> producer() {
        return producer;
    }

    public Views views() {
        return views;
    }

    public SessionDirectory sessions() {
        return sessions;
    }

    /** Gateways that take requests, this one among them; at least one. */
    public int liveGateways() {
        return Math.max(1, slots.active(SlotRecord.Kind.GATEWAY));
    }

    public RequestReply requests() {
        return requests;
    }

    private void meter() {
        Gauge.builder("halo.gateway.pending", requests, RequestReply::pendingRequests)
                .description("Requests that wait for a reply")
                .register(metrics);
        FunctionCounter.builder("halo.gateway.replies.late", requests, RequestReply::lateReplies)
                .description("Replies that nobody waited for any more")
                .register(metrics);
        FunctionCounter.builder("halo.gateway.replies.foreign", requests, RequestReply::foreignReplies)
                .description("Replies of a Link that was not asked: always worth an alarm")
                .register(metrics);
        FunctionCounter.builder("halo.gateway.replies.malformed", requests, RequestReply::malformedReplies)
                .register(metrics);
        FunctionCounter.builder("halo.gateway.views.malformed", views, Views::malformedRecords)
                .register(metrics);
        Gauge.builder(
                        "halo.gateway.views.stuck",
                        views,
                        one -> one.sinceLastPoll().toMillis() / 1000.0)
                .description("Seconds since the slowest view was last read")
                .register(metrics);
        Gauge.builder(
                        "halo.gateway.slot.mute",
                        beacon,
                        one -> one.sinceLastAck().toMillis() / 1000.0)
                .description("Seconds since Kafka last took a beat of the slot")
                .register(metrics);
    }
}
