package dev.halo.gateway.body;

/** A body that is there already; it goes out in one piece. */
public final class BytePieces implements Pieces {

    private final byte[] bytes;
    private final Runnable onClose;
    private boolean given;

    /**
     * @param bytes not empty
     * @param onClose run when it has left
     */
    public BytePieces(byte[] bytes, Runnable onClose) {
        this.bytes = bytes;
        this.onClose = onClose;
    }

    @Override
    public long length() {
        return bytes.length;
    }

    @Override
    public byte[] next() {
        if (given) {
            return null;
        }
        given = true;
        return bytes;
    }

    @Override
    public void close() {
        onClose.run();
    }
}
