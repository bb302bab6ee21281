package dev.halo.link.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the journal's bytes lie. A seam for tests that fill the disk. */
interface JournalStorage extends AutoCloseable {

    /** The whole file as it was found. */
    byte[] readAll() throws IOException;

    /** Cuts a torn tail off. */
    void truncate(long length) throws IOException;

    /** Appends, and returns when it is on the disk; a failed append leaves the length as it was. */
    void append(ByteBuffer bytes) throws IOException;

    /** Appends without waiting for the disk. */
    void appendLazily(ByteBuffer bytes) throws IOException;

    /** Replaces the whole content in one step. */
    void replace(ByteBuffer bytes) throws IOException;

    /** Bytes now. */
    long length();

    @Override
    void close() throws IOException;
}
