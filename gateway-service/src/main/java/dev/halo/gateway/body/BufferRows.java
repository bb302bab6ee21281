package dev.halo.gateway.body;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Rows that came with the outcome. */
public final class BufferRows implements RowSource {

    private final ByteBuffer source;
    private final ByteBuffer rows;
    private final long size;

    /** @param rows its position is left where it is */
    public BufferRows(ByteBuffer rows) {
        this.source = rows.duplicate();
        this.rows = rows.duplicate();
        this.size = rows.remaining();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(byte[] into) {
        int length = Math.min(into.length, rows.remaining());
        rows.get(into, 0, length);
        return length;
    }

    @Override
    public Optional<RowSource> again() {
        return Optional.of(new BufferRows(source));
    }

    @Override
    public void close() {
        // The buffer belongs to the reply, which the garbage collector takes.
    }
}
