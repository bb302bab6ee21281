package dev.halo.gateway.page;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Bytes of memory that may be held at the same time. Who asks for more than all of it gets it when nobody else has any. */
public final class ByteBudget {

    /** A share of the budget; giving it back twice does no harm. */
    public final class Lease implements AutoCloseable {
        private final long bytes;
        private final AtomicBoolean returned = new AtomicBoolean();

        private Lease(long bytes) {
            this.bytes = bytes;
        }

        @Override
        public void close() {
            if (returned.compareAndSet(false, true)) {
                giveBack(bytes);
            }
        }
    }

    private record Waiter(long bytes, CompletableFuture<Lease> lease) {}

    private final long total;
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private long free;

    public ByteBudget(long total) {
        this.total = total;
        this.free = total;
    }

    /** A share, if it is free now and nobody waits. */
    public synchronized Optional<Lease> tryAcquire(long bytes) {
        long share = Math.min(bytes, total);
        if (share > free || !waiting.isEmpty()) {
            return Optional.empty();
        }
        free -= share;
        return Optional.of(new Lease(share));
    }

    /**
     * A share, in the order of asking.
     *
     * @return fails with {@link java.util.concurrent.TimeoutException} if it is not free in time
     */
    public CompletionStage<Lease> acquire(long bytes, Duration wait) {
        Optional<Lease> now = tryAcquire(bytes);
        if (now.isPresent()) {
            return CompletableFuture.completedFuture(now.get());
        }
        Waiter waiter = new Waiter(Math.min(bytes, total), new CompletableFuture<>());
        synchronized (this) {
            waiting.add(waiter);
        }
        serve();
        waiter.lease.orTimeout(wait.toMillis(), TimeUnit.MILLISECONDS).whenComplete((lease, failure) -> {
            if (failure != null) {
                withdraw(waiter);
            }
        });
        return waiter.lease;
    }

    /** Bytes that nobody holds. */
    public synchronized long free() {
        return free;
    }

    private void giveBack(long bytes) {
        synchronized (this) {
            free += bytes;
        }
        serve();
    }

    private void withdraw(Waiter waiter) {
        synchronized (this) {
            waiting.remove(waiter);
        }
        serve();
    }

    private void serve() {
        for (Waiter next = next(); next != null; next = next()) {
            if (!next.lease.complete(new Lease(next.bytes))) {
                // It gave up in this very moment.
                synchronized (this) {
                    free += next.bytes;
                }
            }
        }
    }

    private synchronized Waiter next() {
        Waiter first = waiting.peek();
        if (first == null || first.bytes > free) {
            return null;
        }
        free -= first.bytes;
        return waiting.poll();
    }
}
