package dev.halo.local;

import dev.halo.embedded.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The suite's state: one folder, readable for its owner only, locked while a suite uses it.
 *
 * @param root {@code .halo} of the repository, or a temporary folder of a test
 */
public record StateDirectory(Path root) {

    private static final String LOCK = "launcher.lock";

    /** A lock that ends with {@link #close()} or with the process. */
    record Lock(FileChannel channel, FileLock fileLock) implements AutoCloseable {
        @Override
        public void close() {
            try {
                fileLock.release();
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Opens the folder, making it if needed. */
    public static StateDirectory open(Path root) {
        try {
            return new StateDirectory(OwnerOnly.directory(root).toRealPath());
        } catch (IOException e) {
            throw new SuiteException("The state folder " + root + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** A folder in it, made if needed. */
    Path folder(String name) {
        try {
            return OwnerOnly.directory(root.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path logs() {
        return folder("logs");
    }

    Path pidFile(ServiceName service) {
        return folder("run").resolve(service.id() + ".pid");
    }

    /** Id and start of the process that runs the suite. */
    Path launcherPid() {
        return folder("run").resolve("launcher.pid");
    }

    /** Exists while the suite runs and has answered its first query. */
    Path ready() {
        return folder("run").resolve("ready");
    }

    /** What scripts read. */
    Path demoEnvironment() {
        return root.resolve("demo.env");
    }

    /**
     * Takes the lock.
     *
     * @throws SuiteException when another suite has it
     */
    Lock lock() {
        try {
            FileChannel channel =
                    FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw new SuiteException("Another suite uses " + root + "; stop it with: ./halo down");
            }
            return new Lock(channel, lock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another suite of this very JVM has it.
            return null;
        }
    }

    /** Deletes everything but the lock, which the caller holds. */
    void clean() {
        try (Stream<Path> tree = Files.walk(root)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                if (!path.equals(root) && !path.equals(root.resolve(LOCK))) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
