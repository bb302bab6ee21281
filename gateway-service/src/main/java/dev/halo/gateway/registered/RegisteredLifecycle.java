package dev.halo.gateway.registered;

import dev.halo.gateway.config.RegisteredConfig;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.view.Views;
import dev.halo.messaging.SessionDirectory;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Starts and stops what keeps the Links in step with their registrations. */
@ApplicationScoped
class RegisteredLifecycle {

    private final RegistrationDelivery delivery;
    private final RegistrationSweeper sweeper;
    private final long intervalMillis;
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "registrations");
        thread.setDaemon(true);
        return thread;
    });

    RegisteredLifecycle(
            SessionDirectory sessions,
            RegistrationCourier courier,
            Store store,
            LinkSide linkSide,
            Views views,
            RegisteredConfig config) {
        this.delivery = new RegistrationDelivery(linkSide, courier, sessions, worker);
        this.sweeper = new RegistrationSweeper(store, linkSide, delivery, views, config);
        this.intervalMillis = config.sweepInterval().toMillis();
    }

    void start(@Observes StartupEvent event) {
        worker.scheduleWithFixedDelay(sweeper::sweep, intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        worker.shutdownNow();
    }

    @Produces
    @Singleton
    RegistrationDelivery delivery() {
        return delivery;
    }
}
