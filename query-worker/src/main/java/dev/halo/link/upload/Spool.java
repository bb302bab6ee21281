package dev.halo.link.upload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The bounded place on disk where pages wait for their upload, in an owner-only directory. What an earlier process left
 * there is removed: its queries run again, or have ended.
 */
public final class Spool {

    private static final Logger LOG = Logger.getLogger(Spool.class);
    /** How often whoever waits for room asks whether it may still. */
    private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Path directory;
    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private long used;

    /** @param directory owner-only; it exists */
    public Spool(Path directory, long maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("halo.link.upload.spool.max-bytes must be positive");
        }
        this.directory = directory;
        this.maxBytes = maxBytes;
        clear();
    }

    /** What became of the wish for room. */
    enum Room {
        TAKEN,
        /** There will never be so much. */
        NEVER,
        /** None was free in time. */
        FULL,
        /** Whoever wanted it does not want it any more. */
        STOPPED
    }

    /** Takes room, waiting for it. */
    Room take(long bytes, Duration atMost, BooleanSupplier stopped) throws InterruptedException {
        if (bytes > maxBytes) {
            return Room.NEVER;
        }
        long left = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (maxBytes - used < bytes) {
                if (stopped.getAsBoolean()) {
                    return Room.STOPPED;
                }
                if (left <= 0) {
                    return Room.FULL;
                }
                long slice = Math.min(left, ASK_NANOS);
                left -= slice - Math.max(0, freed.awaitNanos(slice));
            }
            used += bytes;
            return Room.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /** Gives room back. */
    void giveBack(long bytes) {
        lock.lock();
        try {
            used -= bytes;
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A folder of its own for one attempt at a query. */
    Path folder(UUID queryId) throws IOException {
        return Files.createDirectory(directory.resolve(queryId + "-" + UUID.randomUUID()));
    }

    /** Removes a file or an empty folder; what cannot be removed now goes at the next start. */
    static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warnf("event=spool_not_removed kind=%s", e.getClass().getSimpleName());
        }
    }

    /** Bytes that are taken. */
    public long used() {
        lock.lock();
        try {
            return used;
        } finally {
            lock.unlock();
        }
    }

    /** Removes everything; to be called when nothing is uploaded. */
    public void clear() {
        try (Stream<Path> all = Files.walk(directory)) {
            List<Path> inside = all.filter(path -> !path.equals(directory))
                    .sorted(Comparator.reverseOrder())
                    .toList();
            inside.forEach(Spool::remove);
        } catch (IOException | UncheckedIOException e) {
            LOG.warnf("event=spool_not_cleared kind=%s", e.getClass().getSimpleName());
        }
    }
}
