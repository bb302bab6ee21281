package dev.halo.registry.outbox;

import dev.halo.registry.config.KafkaConfig;
import dev.halo.registry.config.RegistryConfig;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** Owns the relay's thread: starts it with the application and waits for its end. */
@ApplicationScoped
public class RelayLifecycle {

    private static final Duration STOP = Duration.ofSeconds(10);

    private final OutboxRelay relay;
    private final Thread thread;

    public RelayLifecycle(
            RegistryConfig config,
            KafkaConfig kafka,
            @All List<Snapshot> snapshots,
            Acknowledgements acknowledgements,
            RelayStatus status,
            Clock clock) {
        this.relay = new OutboxRelay(config, kafka.settings(), snapshots, acknowledgements, status, clock);
        this.thread = new Thread(relay, "registry-relay");
        this.thread.setDaemon(true);
    }

    void start(@Observes StartupEvent event) {
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        relay.stop();
        thread.join(STOP.toMillis());
    }

    /** False only when the thread died, which nothing but a restart repairs. */
    public boolean isAlive() {
        return thread.isAlive();
    }
}
