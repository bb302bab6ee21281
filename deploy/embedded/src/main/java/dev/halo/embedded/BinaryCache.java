package dev.halo.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of unpacked programs that all runs on a machine share. An entry appears complete or not at all: it is filled
 * in a temporary folder beside it and renamed, and a file lock lets one process fill it while the others wait.
 */
final class BinaryCache {

    /** Fills the folder it is given. */
    @FunctionalInterface
    interface Filler {
        void fill(Path directory) throws IOException;
    }

    // A file lock holds between processes only; the threads of a JVM need their own. An interned string is the same
    // object in all class loaders, which a test with a class loader per application has several of.
    private static final Object JVM_LOCK = "dev.halo.embedded.BinaryCache".intern();

    private BinaryCache() {}

    /** The folder of that name in the cache, filled now if it is not there. */
    static Path entry(Path cache, String name, Filler filler) {
        Path entry = cache.resolve(name);
        if (Files.isDirectory(entry)) {
            return entry;
        }
        synchronized (JVM_LOCK) {
            try {
                Files.createDirectories(cache);
                return fillLocked(cache, entry, filler);
            } catch (IOException e) {
                throw new EmbeddedException("Cannot fill the cache folder " + entry + ": " + e.getMessage(), e);
            }
        }
    }

    private static Path fillLocked(Path cache, Path entry, Filler filler) throws IOException {
        Path lockFile = cache.resolve(entry.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (Files.isDirectory(entry) || !lock.isValid()) {
                return entry;
            }
            Path building = Files.createTempDirectory(cache, entry.getFileName() + ".building");
            try {
                filler.fill(building);
                Files.move(building, entry, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                deleteTree(building);
            }
            return entry;
        }
    }

    /** Deletes a folder and all it holds; does nothing when it is not there. */
    static void deleteTree(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code property}, else the environment's {@code variable}, else the named folder of the user's halo cache. */
    static Path location(String property, String variable, String folder) {
        String configured = System.getProperty(property, System.getenv(variable));
        return configured == null || configured.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "halo", folder)
                : Path.of(configured);
    }
}
