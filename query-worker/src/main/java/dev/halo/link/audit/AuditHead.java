package dev.halo.link.audit;

import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * From where to where the chain goes: what a chain cannot show by itself is that its end, or its beginning, was cut off.
 * Written when the entries up to it are on the disk, so that entries may lie beyond it but never the other way round,
 * also after a power cut.
 *
 * @param first number of the first entry that rotation has left
 * @param number of the last entry
 * @param hash of the last entry
 */
record AuditHead(long first, long number, String hash) {

    static final String FILE = "head.json";

    private static final int MAX_BYTES = 1024;

    /** Of a chain without entries. */
    static final AuditHead BEGINNING = new AuditHead(1, 0, AuditChain.BEGINNING);

    /** Empty where there is none, or none that can be read. */
    static Optional<AuditHead> read(Path directory) throws IOException {
        try {
            Path file = directory.resolve(FILE);
            return Files.size(file) > MAX_BYTES
                    ? Optional.empty()
                    : Optional.of(Json.read(Files.readAllBytes(file), AuditHead.class));
        } catch (NoSuchFileException | MalformedMessage e) {
            return Optional.empty();
        }
    }

    static RandomAccessFile open(Path directory) throws IOException {
        return new RandomAccessFile(directory.resolve(FILE).toFile(), "rw");
    }

    /** In one write of one block; not forced to the disk, where it may lag behind. */
    void write(RandomAccessFile file) throws IOException {
        byte[] json = Json.bytes(this);
        file.seek(0);
        file.write(json);
        if (file.length() > json.length) {
            file.setLength(json.length);
        }
    }

    AuditHead after(AuditEntry entry) {
        return new AuditHead(first, entry.number(), entry.hash());
    }

    AuditHead beginningAt(long number) {
        return new AuditHead(number, this.number, hash);
    }
}
