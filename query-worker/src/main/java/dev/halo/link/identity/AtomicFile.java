package dev.halo.link.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A small owner-only file that holds either its old content or its new one, whatever crashes in between. */
final class AtomicFile {

    private final Path path;
    private final int maxBytes;

    /** @param maxBytes above which the file is taken for damaged */
    AtomicFile(Path path, int maxBytes) {
        this.path = path;
        this.maxBytes = maxBytes;
    }

    Path path() {
        return path;
    }

    /** The content, empty where there is no file. */
    Optional<byte[]> read() throws IOException {
        try {
            if (Files.size(path) > maxBytes) {
                throw new IOException(path.getFileName() + " is larger than " + maxBytes + " bytes");
            }
            return Optional.of(Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Removes it; on return it is gone from the disk, too. */
    void delete() throws IOException {
        Files.deleteIfExists(path);
        syncDirectory(path.getParent());
    }

    /** Replaces the content; on return it is on the disk. */
    void write(byte[] content) throws IOException {
        Path next = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(next);
        Files.createFile(next);
        OwnerOnly.restrict(next);
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncDirectory(path.getParent());
    }

    /** Makes the rename itself durable. Windows cannot open directories and does so by itself. */
    static void syncDirectory(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
