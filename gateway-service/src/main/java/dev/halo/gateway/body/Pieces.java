package dev.halo.gateway.body;

import java.io.IOException;

/** A response body that is made piece by piece. Not thread-safe. */
public interface Pieces extends AutoCloseable {

    /** The {@link #length()} of a body whose length is only known at its end. */
    long UNKNOWN = -1;

    /** Bytes in all, or {@link #UNKNOWN}. */
    long length();

    /**
     * The next piece, which is not empty.
     *
     * @return null at the end
     * @throws IOException if what was stored cannot be read
     */
    byte[] next() throws IOException;

    @Override
    void close();
}
