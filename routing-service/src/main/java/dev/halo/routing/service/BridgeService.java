package dev.halo.routing.service;

import dev.halo.messaging.SlotBeacon;
import dev.halo.protocol.link.LinkApi;
import dev.halo.protocol.link.LinkTokens;
import dev.halo.protocol.link.PemKeys;
import dev.halo.routing.bridge.Bridge;
import dev.halo.routing.config.KafkaConfig;
import dev.halo.routing.config.RoutingConfig;
import dev.halo.routing.endpoint.SessionEndpoint;
import dev.halo.routing.metric.BridgeMetrics;
import dev.halo.routing.session.SessionClock;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import io.vertx.ext.web.Router;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/** The bridge of this process, from the application's start to its end. */
@ApplicationScoped
public class BridgeService {

    /** Exit code of a process that has lost its slot: its supervisor starts it anew. */
    public static final int EXIT_SLOT_LOST = 3;

    /** Exit code of a process that cannot start, such as for topics with other settings. */
    public static final int EXIT_NOT_STARTED = 2;

    private static final Logger LOG = Logger.getLogger(BridgeService.class);

    private final RoutingConfig config;
    private final SessionClock clock = SessionClock.system();
    private final Bridge bridge;

    @Inject
    public BridgeService(RoutingConfig config, KafkaConfig kafka, MeterRegistry registry) {
        this.config = config;
        this.bridge = new Bridge(config, kafka.settings(), new BridgeMetrics(registry), clock, this::lost);
    }

    void routes(@Observes Router router) {
        LinkTokens.Verifier verifier =
                new LinkTokens.Verifier(PemKeys.publicKey(config.linkTokenPublicKey()), config.environment());
        SessionEndpoint endpoint = new SessionEndpoint(bridge::sessions, verifier, config, clock);
        router.get(LinkApi.SESSION).handler(context -> endpoint.handle(context.request()));
    }

    void start(@Observes StartupEvent event) {
        bridge.start().whenComplete((none, failure) -> {
            if (failure != null && config.exitOnSlotLoss() && "failed".equals(bridge.condition())) {
                Quarkus.asyncExit(EXIT_NOT_STARTED);
            }
        });
    }

    /** The bridge, for health and management. */
    public Bridge bridge() {
        return bridge;
    }

    /** Completes when no session is left. */
    public CompletionStage<Void> drain() {
        return bridge.drain();
    }

    @PreDestroy
    void close() {
        bridge.close();
    }

    private void lost(SlotBeacon.LossCause cause) {
        if (config.exitOnSlotLoss()) {
            LOG.errorf("event=processExits cause=%s", cause);
            Quarkus.asyncExit(EXIT_SLOT_LOST);
        }
    }
}
