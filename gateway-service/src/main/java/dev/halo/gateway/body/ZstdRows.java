package dev.halo.gateway.body;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Rows that were stored compressed; they are only decompressed as they are read. */
public final class ZstdRows implements RowSource {

    private final byte[] compressed;
    private final long size;
    private final Runnable onClose;
    private ZstdInputStreamNoFinalizer stream;
    private boolean closed;

    /**
     * @param size bytes of JSON, as verified when it was stored
     * @param onClose run once, whatever happens to the rows
     */
    public ZstdRows(byte[] compressed, long size, Runnable onClose) {
        this.compressed = compressed;
        this.size = size;
        this.onClose = onClose;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(byte[] into) throws IOException {
        if (stream == null) {
            stream = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(compressed));
        }
        return stream.readNBytes(into, 0, into.length);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException e) {
                throw new IllegalStateException("an array cannot fail to close", e);
            }
        }
        onClose.run();
    }
}
