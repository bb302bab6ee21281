package dev.halo.gateway.body;

import java.nio.ByteBuffer;

/** Rows that came with the outcome. */
public final class BufferRows implements RowSource {

    private final ByteBuffer rows;
    private final long size;

    /** @param rows its position is left where it is */
    public BufferRows(ByteBuffer rows) {
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
    public void close() {
        // The buffer belongs to the reply, which the garbage collector takes.
    }
}
