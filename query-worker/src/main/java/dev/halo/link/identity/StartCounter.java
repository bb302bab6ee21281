package dev.halo.link.identity;

import dev.halo.protocol.json.Json;
import dev.halo.protocol.json.MalformedMessage;
import java.io.IOException;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/** Counts the starts of this installation, durably: what two processes of it number never meets. */
public final class StartCounter {

    /** Its file in the data directory. */
    public static final String FILE = "starts.json";

    private static final Logger LOG = Logger.getLogger(StartCounter.class);
    private static final int MAX_BYTES = 1024;

    private StartCounter() {}

    private record Stored(long starts) {}

    /**
     * Counts this start.
     *
     * @return how many there were before it. A disk that does not take the count is logged: the next start then has the
     *     same one
     * @throws DataDirectoryException if the file is there but cannot be read
     */
    public static long next(Path directory) {
        AtomicFile file = new AtomicFile(directory.resolve(FILE), MAX_BYTES);
        long before;
        try {
            before = file.read()
                    .map(bytes -> Json.read(bytes, Stored.class).starts())
                    .orElse(0L);
        } catch (IOException | MalformedMessage e) {
            throw new DataDirectoryException("cannot read " + file.path() + ": " + e.getMessage(), e);
        }
        try {
            file.write(Json.bytes(new Stored(before + 1)));
        } catch (IOException e) {
            LOG.warnf("event=start_not_counted reason=%s", e.getClass().getSimpleName());
        }
        return before;
    }
}
