package dev.halo.gateway.webhook;

import dev.halo.gateway.config.WebhookConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Takes webhooks that are due and has them sent, so many at a time, and so many of each integrator: a receiver that does
 * not answer holds up its own webhooks and nobody else's. Any number of workers, in any number of gateways, share a store.
 */
final class WebhookWorker implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(WebhookWorker.class);
    private static final Duration MAINTENANCE = Duration.ofMinutes(10);

    private final WebhookStore store;
    private final WebhookSender sender;
    private final BooleanSupplier receiversKnown;
    private final WebhookConfig config;
    private final Map<UUID, Integer> perIntegrator = new ConcurrentHashMap<>();
    private final Set<CompletableFuture<Void>> underWay = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean roundWanted = new AtomicBoolean();
    private long quietUntil = System.nanoTime();
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "webhooks");
        thread.setDaemon(true);
        return thread;
    });

    /** @param receiversKnown whether the integrators' settings are loaded; nothing is sent before */
    WebhookWorker(WebhookStore store, WebhookSender sender, WebhookConfig config, BooleanSupplier receiversKnown) {
        this.store = store;
        this.receiversKnown = receiversKnown;
        this.sender = sender;
        this.config = config;
    }

    void start() {
        long poll = config.pollInterval().toMillis();
        worker.scheduleWithFixedDelay(this::round, poll, poll, TimeUnit.MILLISECONDS);
        worker.scheduleWithFixedDelay(this::forget, 0, MAINTENANCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    int underWay() {
        return underWay.size();
    }

    /** Takes one of each integrator until nothing is due or there is no room. */
    private void round() {
        roundWanted.set(false);
        if (!receiversKnown.getAsBoolean() || System.nanoTime() - quietUntil < 0) {
            return;
        }
        try {
            boolean more = true;
            while (more && !worker.isShutdown()) {
                int room = config.maxConcurrent() - underWay.size();
                more = room > 0 && takeUpTo(room) > 0;
            }
        } catch (CompletionException e) {
            // The store is away, which it has logged itself, and should not log at every round.
            quietUntil = System.nanoTime() + config.storeTimeout().toNanos();
            LOG.debugf(
                    "event=webhookRoundFailed error=%s", e.getCause().getClass().getSimpleName());
        } catch (RuntimeException e) {
            LOG.error("event=webhookRoundFault", e);
        }
    }

    private int takeUpTo(int room) {
        Set<UUID> busy = perIntegrator.entrySet().stream()
                .filter(entry -> entry.getValue() >= config.maxConcurrentPerIntegrator())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        List<Delivery> taken = store.take(busy, room, UUID.randomUUID(), config.lease())
                .toCompletableFuture()
                .join();
        taken.forEach(this::send);
        return taken.size();
    }

    private void send(Delivery delivery) {
        perIntegrator.merge(delivery.integratorId(), 1, Integer::sum);
        CompletableFuture<Void> end = sender.attempt(delivery).toCompletableFuture();
        underWay.add(end);
        end.whenComplete((done, failure) -> {
            underWay.remove(end);
            perIntegrator.computeIfPresent(delivery.integratorId(), (id, count) -> count == 1 ? null : count - 1);
            // There is room now, and whoever had to wait for it should not wait for the next round as well.
            if (roundWanted.compareAndSet(false, true)) {
                soon();
            }
        });
    }

    private void soon() {
        try {
            worker.execute(this::round);
        } catch (RejectedExecutionException e) {
            LOG.debug("event=webhooksStopped");
        }
    }

    private void forget() {
        try {
            int forgotten = store.forget(config.undeliveredRetention())
                    .toCompletableFuture()
                    .join();
            if (forgotten > 0) {
                LOG.infof("event=undeliveredWebhooksForgotten count=%d", forgotten);
            }
        } catch (CompletionException e) {
            LOG.debug("event=webhookMaintenanceFailed");
        }
    }

    /** Begins nothing more, and lets what is under way end, which its attempts' bound makes short. */
    @Override
    public void close() {
        worker.shutdown();
        try {
            worker.awaitTermination(config.storeTimeout().toMillis(), TimeUnit.MILLISECONDS);
            CompletableFuture.allOf(underWay.toArray(CompletableFuture[]::new))
                    .get(config.attemptTimeout().plus(config.storeTimeout()).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warnf("event=webhooksCutOff count=%d", underWay.size());
        }
    }
}
