package dev.halo.link.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** The Link's own directory: owner-only, and of one process at a time for as long as this is open. */
public final class DataDirectory implements AutoCloseable {

    private static final String LOCK = "link.lock";

    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;

    private DataDirectory(Path path, FileChannel channel, FileLock lock) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Makes it where it is missing, checks who may open it, and takes its lock.
     *
     * @throws DataDirectoryException saying what stands in the way
     */
    public static DataDirectory open(Path path) {
        try {
            if (!Files.exists(path)) {
                Files.createDirectories(path);
                OwnerOnly.restrict(path);
            }
            if (!Files.isDirectory(path)) {
                throw new DataDirectoryException(path + " is not a directory");
            }
            OwnerOnly.check(path);
            for (Path entry : entries(path)) {
                OwnerOnly.check(entry);
            }
            return lock(path);
        } catch (IOException | UncheckedIOException e) {
            throw new DataDirectoryException(
                    "the data directory " + path + " cannot be used: " + e.getMessage() + " (halo.link.data-dir)", e);
        }
    }

    private static List<Path> entries(Path path) throws IOException {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(entry -> !Files.isSymbolicLink(entry)).toList();
        }
    }

    private static DataDirectory lock(Path path) throws IOException {
        Path file = path.resolve(LOCK);
        boolean fresh = !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (fresh) {
                OwnerOnly.restrict(file);
            }
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new DataDirectory(path, channel, lock);
            }
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw inUse(path);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw inUse(path);
    }

    private static DataDirectoryException inUse(Path path) {
        return new DataDirectoryException(
                "another Link runs on the data directory " + path + ": stop it first, or give this one its own");
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** An owner-only directory inside, made where it is missing. */
    public Path subdirectory(String name) {
        Path directory = path.resolve(name);
        try {
            if (!Files.exists(directory)) {
                Files.createDirectory(directory);
                OwnerOnly.restrict(directory);
            }
            OwnerOnly.check(directory);
            return directory;
        } catch (IOException e) {
            throw new DataDirectoryException("cannot use " + directory + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
