package dev.halo.gateway.body;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;

/** Compresses pieces on their way out. */
public final class GzipPieces implements Pieces {

    private final Pieces plain;
    private final ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    private GZIPOutputStream gzip;
    private boolean finished;

    /** @param plain closed with this */
    public GzipPieces(Pieces plain) {
        this.plain = plain;
    }

    @Override
    public long length() {
        return UNKNOWN;
    }

    @Override
    public byte[] next() throws IOException {
        if (gzip == null) {
            gzip = new GZIPOutputStream(compressed);
        }
        while (!finished && compressed.size() == 0) {
            byte[] piece = plain.next();
            if (piece == null) {
                gzip.finish();
                finished = true;
            } else {
                gzip.write(piece);
            }
        }
        if (compressed.size() == 0) {
            return null;
        }
        byte[] ready = compressed.toByteArray();
        compressed.reset();
        return ready;
    }

    @Override
    public void close() {
        try {
            if (gzip != null) {
                // Its native memory, which the garbage collector sees too late.
                gzip.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("an array cannot fail to close", e);
        } finally {
            plain.close();
        }
    }
}
