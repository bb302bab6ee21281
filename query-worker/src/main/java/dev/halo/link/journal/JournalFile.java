package dev.halo.link.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The journal on disk: one append-only file in an owner-only directory. */
final class JournalFile implements JournalStorage {

    private final Path path;
    private FileChannel channel;
    private long length;

    JournalFile(Path directory) throws IOException {
        this.path = directory.resolve("journal.log");
        this.channel = open(path);
        this.length = channel.size();
    }

    private static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    @Override
    public byte[] readAll() throws IOException {
        return Files.readAllBytes(path);
    }

    @Override
    public void truncate(long to) throws IOException {
        channel.truncate(to);
        channel.force(true);
        length = to;
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        write(bytes);
        channel.force(false);
    }

    @Override
    public void appendLazily(ByteBuffer bytes) throws IOException {
        write(bytes);
    }

    private void write(ByteBuffer bytes) throws IOException {
        long at = length;
        try {
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            // What was written of it would be damage in front of the next record.
            channel.truncate(length);
            throw e;
        }
        length = at;
    }

    @Override
    public void replace(ByteBuffer bytes) throws IOException {
        Path next = path.resolveSibling("journal.new");
        Files.deleteIfExists(next);
        long written = bytes.remaining();
        try (FileChannel fresh = open(next)) {
            while (bytes.hasRemaining()) {
                fresh.write(bytes);
            }
            fresh.force(true);
        }
        channel.close();
        try {
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            length = written;
        } finally {
            channel = open(path);
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
