package dev.halo.link.queue;

import dev.halo.link.queue.QueuedTask.EndCause;
import dev.halo.protocol.query.QueryMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Lets queries wait for the slots of their site and database server, and for a thread: immediates first, sites and integrators in turn
 * inside a class, each in the order it came. What may not wait longer ends. Time is the monotonic clock's. Never holds
 * its lock while it calls a task.
 */
public final class FairQueue {

    private final QueueConfig config;
    private final LongSupplier nanoTime;
    private final Map<QueryMode, ClassLine> lines = new HashMap<>();
    private final Map<UUID, Waiting> waiting = new LinkedHashMap<>();
    private final Map<UUID, QueueKey> running = new HashMap<>();
    private final Map<UUID, SlotUse> sites = new HashMap<>();
    private final Map<String, SlotUse> hosts = new HashMap<>();
    private final ThreadUse threads;
    private final Map<Place, Integer> waitingAt = new HashMap<>();
    private final Map<QueryMode, Integer> waitingOf = new EnumMap<>(QueryMode.class);

    /** Each class has its own bounds: none takes another's room to wait. */
    private record Place(UUID siteId, QueryMode mode) {
        static Place of(QueueKey key) {
            return new Place(key.siteId(), key.mode());
        }
    }

    /**
     * @param threads of immediates
     * @param backgroundThreads of asyncs and runs of registered queries
     */
    public FairQueue(QueueConfig config, int threads, int backgroundThreads, LongSupplier nanoTime) {
        this.config = config;
        this.threads = new ThreadUse(threads, backgroundThreads);
        this.nanoTime = nanoTime;
        for (QueryMode mode : QueryMode.values()) {
            lines.put(mode, new ClassLine());
        }
    }

    /** Takes a task: it starts or ends before this returns, or waits at most the time given. */
    public void offer(QueuedTask task, Duration maxWait) {
        Calls calls = new Calls();
        synchronized (this) {
            long now = nanoTime.getAsLong();
            Waiting entry = new Waiting(task, now, now + maxWait.toNanos());
            if (waitingAt.getOrDefault(Place.of(task.key()), 0) >= config.sitePending()
                    || waitingOf.getOrDefault(task.key().mode(), 0) >= config.totalPending()) {
                calls.end(entry, EndCause.FULL, now);
            } else {
                add(entry);
                startWhatMay(calls, now);
                if (maxWait.isZero() && remove(entry)) {
                    calls.end(entry, EndCause.EXPIRED, now);
                }
            }
        }
        calls.run();
    }

    /** A started task no longer needs its slots. */
    public void finished(UUID id) {
        Calls calls = new Calls();
        synchronized (this) {
            QueueKey key = running.remove(id);
            if (key == null) {
                return;
            }
            giveBack(sites, key.siteId(), key);
            giveBack(hosts, key.host(), key);
            threads.giveBack(key.mode());
            startWhatMay(calls, nanoTime.getAsLong());
        }
        calls.run();
    }

    private static <K> void giveBack(Map<K, SlotUse> uses, K of, QueueKey key) {
        SlotUse use = uses.get(of);
        use.giveBack(key.mode(), key.integratorId());
        if (use.total() == 0) {
            uses.remove(of);
        }
    }

    /** Ends what has waited as long as it may; to be called often. */
    public void expire() {
        removeIf(entry -> entry.deadline - nanoTime.getAsLong() <= 0, EndCause.EXPIRED);
    }

    /** Takes one task out; false if it does not wait. */
    public boolean remove(UUID id) {
        return removeIf(entry -> entry.task.id().equals(id), EndCause.REMOVED) > 0;
    }

    /** Takes tasks out by what they are for. */
    public int removeAll(Predicate<QueueKey> which) {
        return removeIf(entry -> which.test(entry.task.key()), EndCause.REMOVED);
    }

    private int removeIf(Predicate<Waiting> which, EndCause cause) {
        Calls calls = new Calls();
        int removed = 0;
        synchronized (this) {
            long now = nanoTime.getAsLong();
            for (Waiting entry : List.copyOf(waiting.values())) {
                if (which.test(entry) && remove(entry)) {
                    calls.end(entry, cause, now);
                    removed++;
                }
            }
        }
        calls.run();
        return removed;
    }

    /** Tasks that wait. */
    public synchronized int waiting() {
        return waiting.size();
    }

    /** Tasks that run. */
    public synchronized int running() {
        return running.size();
    }

    private void add(Waiting entry) {
        waiting.put(entry.task.id(), entry);
        waitingAt.merge(Place.of(entry.task.key()), 1, Integer::sum);
        waitingOf.merge(entry.task.key().mode(), 1, Integer::sum);
        lines.get(entry.task.key().mode()).add(entry);
    }

    private boolean remove(Waiting entry) {
        if (waiting.remove(entry.task.id(), entry)) {
            waitingAt.computeIfPresent(Place.of(entry.task.key()), (place, count) -> count == 1 ? null : count - 1);
            waitingOf.merge(entry.task.key().mode(), -1, Integer::sum);
            lines.get(entry.task.key().mode()).remove(entry);
            return true;
        }
        return false;
    }

    private void startWhatMay(Calls calls, long now) {
        for (QueryMode mode : QueryMode.values()) {
            Optional<Waiting> next = lines.get(mode).next(this::hasRoom);
            while (next.isPresent()) {
                Waiting entry = next.get();
                remove(entry);
                take(entry.task.key());
                running.put(entry.task.id(), entry.task.key());
                calls.start(entry, now);
                next = lines.get(mode).next(this::hasRoom);
            }
        }
    }

    private boolean hasRoom(QueueKey key) {
        return threads.hasRoom(key.mode())
                && site(key).hasRoom(key.mode(), key.integratorId())
                && host(key).hasRoom(key.mode(), key.integratorId());
    }

    private void take(QueueKey key) {
        sites.computeIfAbsent(key.siteId(), id -> site(key)).take(key.mode(), key.integratorId());
        hosts.computeIfAbsent(key.host(), id -> host(key)).take(key.mode(), key.integratorId());
        threads.take(key.mode());
    }

    private SlotUse site(QueueKey key) {
        SlotUse use = sites.get(key.siteId());
        return use == null ? new SlotUse(SlotLimits.ofSite(config.site())) : use;
    }

    private SlotUse host(QueueKey key) {
        SlotUse use = hosts.get(key.host());
        return use == null ? new SlotUse(SlotLimits.ofHost(config.host())) : use;
    }

    /** A task with its times. */
    static final class Waiting {
        private final QueuedTask task;
        private final long since;
        private final long deadline;

        Waiting(QueuedTask task, long since, long deadline) {
            this.task = task;
            this.since = since;
            this.deadline = deadline;
        }

        QueueKey key() {
            return task.key();
        }

        private long waitedMillis(long now) {
            return Math.max(0, (now - since) / 1_000_000);
        }
    }

    /** What is to be called once the lock is free. */
    private static final class Calls {
        private final List<Runnable> calls = new ArrayList<>();

        void start(Waiting entry, long now) {
            calls.add(() -> entry.task.start(entry.waitedMillis(now)));
        }

        void end(Waiting entry, EndCause cause, long now) {
            calls.add(() -> entry.task.end(cause, entry.waitedMillis(now)));
        }

        void run() {
            calls.forEach(Runnable::run);
        }
    }
}
