package dev.halo.gateway.body;

/**
 * A response body with the rows, in base64, in its middle. Its length is known before its first byte is sent.
 *
 * @param before JSON up to and including the quote that opens the rows
 * @param rows closed by whoever writes the body
 * @param after JSON from the quote that closes the rows on
 */
public record RowsBody(byte[] before, RowSource rows, byte[] after) {

    /** Bytes of the whole body. */
    public long length() {
        return before.length + base64Length(rows.size()) + after.length;
    }

    static long base64Length(long bytes) {
        return (bytes + 2) / 3 * 4;
    }
}
