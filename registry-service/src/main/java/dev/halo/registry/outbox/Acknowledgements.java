package dev.halo.registry.outbox;

import dev.halo.registry.config.RegistryConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The commands of this process whose records are not acknowledged yet. The relay that publishes them may be in another
 * process; it tells through PostgreSQL.
 */
@ApplicationScoped
public class Acknowledgements {

    private static final class Waiter {
        private final CompletableFuture<Boolean> done = new CompletableFuture<>();
        private volatile boolean committed;
    }

    private final ConcurrentMap<UUID, Waiter> waiting = new ConcurrentHashMap<>();
    private final int maxWaiting;
    private final Duration timeout;

    public Acknowledgements(RegistryConfig config) {
        this.maxWaiting = config.outbox().maxWaiting();
        this.timeout = config.outbox().publishTimeout();
    }

    /**
     * Waits for a command that is about to be committed.
     *
     * @return true when its records are acknowledged; false when they were not in time, or when too many wait already
     */
    public CompletableFuture<Boolean> expect(UUID commandId) {
        if (waiting.size() >= maxWaiting) {
            return CompletableFuture.completedFuture(false);
        }
        Waiter waiter = new Waiter();
        waiting.put(commandId, waiter);
        waiter.done.whenComplete((result, failure) -> waiting.remove(commandId));
        return waiter.done.completeOnTimeout(false, timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The command is committed: from now on, that none of its rows is left means that all were published. */
    public void committed(UUID commandId) {
        Waiter waiter = waiting.get(commandId);
        if (waiter != null) {
            waiter.committed = true;
        }
    }

    /** The command's records are in Kafka. */
    void acknowledged(UUID commandId) {
        Waiter waiter = waiting.get(commandId);
        if (waiter != null) {
            waiter.done.complete(true);
        }
    }

    /** The committed commands that are waited for now. */
    Set<UUID> waiting() {
        return waiting.entrySet().stream()
                .filter(entry -> entry.getValue().committed)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
