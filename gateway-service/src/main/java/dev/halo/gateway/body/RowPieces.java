package dev.halo.gateway.body;

import java.io.IOException;
import java.util.Arrays;

/** Rows as they are: a JSON array. */
public final class RowPieces implements Pieces {

    private static final int PIECE = 48 * 1024;

    private final RowSource rows;
    private final byte[] piece = new byte[PIECE];
    private long left;

    public RowPieces(RowSource rows) {
        this.rows = rows;
        this.left = rows.size();
    }

    @Override
    public long length() {
        return rows.size();
    }

    @Override
    public byte[] next() throws IOException {
        int length = rows.read(piece);
        left -= length;
        if (left < 0 || length == 0 && left > 0) {
            throw new IOException("the rows are not as long as they should be");
        }
        return length == 0 ? null : Arrays.copyOf(piece, length);
    }

    @Override
    public void close() {
        rows.close();
    }
}
