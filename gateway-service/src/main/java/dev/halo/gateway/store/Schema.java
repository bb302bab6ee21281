package dev.halo.gateway.store;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jboss.logging.Logger;

/**
 * Brings the schema up to date in the background, again and again until it works: a gateway that starts while PostgreSQL
 * is away still answers immediates. Several gateways that start together wait for each other at Flyway's lock.
 */
@ApplicationScoped
public class Schema {

    private static final Logger LOG = Logger.getLogger(Schema.class);
    private static final int RETRY_SECONDS = 3;

    private final Flyway flyway;
    private final ScheduledExecutorService migration = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "schema");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean ready;

    public Schema(Flyway flyway) {
        this.flyway = flyway;
    }

    void start(@Observes StartupEvent event) {
        migration.execute(this::migrate);
    }

    void stop(@Observes ShutdownEvent event) {
        migration.shutdownNow();
    }

    /** Whether the schema is up to date. */
    public boolean isReady() {
        return ready;
    }

    private void migrate() {
        try {
            var result = flyway.migrate();
            ready = true;
            LOG.infof("event=schemaReady migrations=%d", result.migrationsExecuted);
        } catch (FlywayException e) {
            LOG.warnf("event=schemaNotReady error=%s", e.getClass().getSimpleName());
            migration.schedule(this::migrate, RETRY_SECONDS, TimeUnit.SECONDS);
        }
    }
}
