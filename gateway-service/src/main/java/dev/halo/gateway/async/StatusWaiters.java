package dev.halo.gateway.async;

import dev.halo.gateway.config.AsyncConfig;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.store.Store;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * Requests that wait for a query's next status. A change made by this gateway wakes them at once; for those made by others
 * all waited-for rows are looked at in one statement, again and again.
 */
@ApplicationScoped
public class StatusWaiters {

    private static final Logger LOG = Logger.getLogger(StatusWaiters.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private record Waiter(UUID queryId, AsyncStatus seen, CompletableFuture<Void> changed) {}

    private final Store store;
    private final AsyncConfig config;
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicReference<CompletionStage<?>> look = new AtomicReference<>();
    private final ScheduledExecutorService looker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "status-waiters");
        thread.setDaemon(true);
        return thread;
    });

    public StatusWaiters(Store store, AsyncConfig config, MeterRegistry metrics) {
        this.store = store;
        this.config = config;
        metrics.gauge("halo.gateway.async.waiting", waiting, AtomicInteger::get);
    }

    void start(@Observes StartupEvent event) {
        long interval = config.waitInterval().toMillis();
        looker.scheduleWithFixedDelay(this::lookAgain, interval, interval, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        looker.shutdownNow();
        waiters.forEach(waiter -> waiter.changed.complete(null));
    }

    /**
     * Waits until a query is no longer in the status that was seen, at most so long.
     *
     * @return completes at the change or when the time is over; never fails
     * @throws Refusal 503 when too many wait
     */
    public CompletionStage<Void> changed(UUID queryId, AsyncStatus seen, Duration wait) {
        if (waiting.incrementAndGet() > config.maxWaiting()) {
            waiting.decrementAndGet();
            throw Refusal.unavailable("Too many requests wait for a change of status.", RETRY_AFTER);
        }
        Waiter waiter = new Waiter(queryId, seen, new CompletableFuture<>());
        waiters.add(waiter);
        waiter.changed.completeOnTimeout(null, wait.toMillis(), TimeUnit.MILLISECONDS);
        return waiter.changed.whenComplete((done, failure) -> {
            waiters.remove(waiter);
            waiting.decrementAndGet();
        });
    }

    /** A query has this status now. */
    void wake(UUID queryId, AsyncStatus now) {
        waiters.forEach(waiter -> {
            if (waiter.queryId.equals(queryId) && waiter.seen != now) {
                waiter.changed.complete(null);
            }
        });
    }

    /** What a look throws must not end the looking. */
    private void lookAgain() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.error("event=statusWaitersFault", e);
        }
    }

    private void look() {
        CompletionStage<?> before = look.get();
        if (waiters.isEmpty() || before != null && !before.toCompletableFuture().isDone()) {
            return;
        }
        Set<UUID> ids = new HashSet<>();
        waiters.forEach(waiter -> ids.add(waiter.queryId));
        look.set(store.reading(config.storeTimeout(), connection -> AsyncRows.findAll(connection, ids))
                .thenAccept(this::compare)
                .exceptionally(failure -> null));
    }

    private void compare(List<AsyncQuery> queries) {
        queries.forEach(query -> wake(query.id(), query.status()));
    }
}
