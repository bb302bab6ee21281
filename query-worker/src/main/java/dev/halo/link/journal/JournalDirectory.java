package dev.halo.link.journal;

import dev.halo.link.identity.DataDirectoryException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.UUID;

/** Opens the journal of a data directory; its id lies beside it and lives as long as it does. */
public final class JournalDirectory {

    private static final String ID = "journal.id";
    private static final String LOG = "journal.log";

    private JournalDirectory() {}

    /** @throws DataDirectoryException if it cannot be read */
    public static WriteJournal open(Path directory, Clock clock) {
        try {
            boolean lost = !Files.exists(directory.resolve(LOG));
            return new WriteJournal(
                    new JournalFile(directory), clock, damaged -> id(directory.resolve(ID), lost || damaged));
        } catch (IOException e) {
            throw new DataDirectoryException("the journal in " + directory + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private static UUID id(Path file, boolean fresh) throws IOException {
        if (!fresh && Files.exists(file)) {
            try {
                return UUID.fromString(Files.readString(file).strip());
            } catch (IllegalArgumentException e) {
                return create(file);
            }
        }
        return create(file);
    }

    private static UUID create(Path file) throws IOException {
        UUID id = UUID.randomUUID();
        Path next = file.resolveSibling(ID + ".new");
        Files.write(next, id.toString().getBytes(StandardCharsets.US_ASCII));
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return id;
    }
}
