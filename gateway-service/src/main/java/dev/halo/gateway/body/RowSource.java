package dev.halo.gateway.body;

import java.io.IOException;
import java.util.Optional;

/** The bytes of rows, given piece by piece. Not thread-safe. */
public interface RowSource extends AutoCloseable {

    /** How many bytes it gives in all. */
    long size();

    /**
     * Fills the array, unless the rows end before.
     *
     * @return bytes written; 0 at the end
     * @throws IOException if what was stored cannot be read
     */
    int read(byte[] into) throws IOException;

    /** The same rows from their beginning, where they can be had again; reading them does not move these. */
    default Optional<RowSource> again() {
        return Optional.empty();
    }

    @Override
    void close();
}
