package dev.halo.local;

import dev.halo.embedded.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The suite's state: one folder, readable for its owner only, locked while a suite uses it.
 *
 * @param root {@code .halo} of the repository, or a temporary folder of a test
 */
public record StateDirectory(Path root) {

    private static final String LOCK = "launcher.lock";
    private static final String SERVICE_PID = ".pid";
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    /** A lock that ends with {@link #close()} or with the process. */
    record Lock(Path root, FileChannel channel, FileLock fileLock) implements AutoCloseable {
        @Override
        public void close() {
            HELD.remove(root);
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

    /** Id and start of a service's process, by the name of the instance. */
    Path pidFile(String instance) {
        return folder("run").resolve(instance + SERVICE_PID);
    }

    /** Those of the services that have run and were not seen to end. */
    List<Path> pidFiles() {
        try (Stream<Path> files = Files.list(folder("run"))) {
            return files.filter(file -> file.toString().endsWith(SERVICE_PID))
                    .filter(file -> !file.equals(launcherPid()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        // Not left to the file's lock alone: within a JVM, closing any channel of the file would end it.
        if (!HELD.add(root)) {
            throw taken();
        }
        try {
            FileChannel channel =
                    FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                HELD.remove(root);
                throw taken();
            }
            return new Lock(root, channel, lock);
        } catch (IOException e) {
            HELD.remove(root);
            throw new UncheckedIOException(e);
        }
    }

    private SuiteException taken() {
        return new SuiteException("Another suite uses " + root + "; stop it with: ./halo down");
    }

    /**
     * Binds the folder to a kind of suite at its first use.
     *
     * @throws SuiteException when it is bound to another one: Link and registry have been enrolled for that
     */
    void requireKind(String kind) {
        Path file = root.resolve("kind");
        try {
            if (!Files.exists(file)) {
                OwnerOnly.write(file, kind + "\n");
            }
            String bound = Files.readString(file).strip();
            if (!bound.equals(kind)) {
                throw new SuiteException("The state in " + root + " is for " + bound + ", not for " + kind
                        + "; start afresh with --clean, or choose another folder with --state");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
