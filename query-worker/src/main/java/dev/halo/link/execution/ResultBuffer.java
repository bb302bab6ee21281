package dev.halo.link.execution;

import dev.halo.protocol.query.QueryBounds;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Rows of JSON, cut into pages between rows. Bytes are written in place; only the row that begins a page is moved once.
 * Its size is bounded by a page and a row.
 */
final class ResultBuffer extends OutputStream {

    private static final int INITIAL_BYTES = 16 * 1024;
    /** A buffer that one huge row has made larger than this is not kept for the pages after it. */
    private static final int KEPT_BYTES = 4 * 1024 * 1024;

    private final RowSink sink;
    private final long pageBytes;
    private final long maxResultBytes;
    private byte[] buffer = new byte[INITIAL_BYTES];
    private int count;
    private int rowStart;
    private int rowsInPage;
    private int pages;
    private long rows;
    private long bytesTaken;
    private boolean discarding;

    ResultBuffer(RowSink sink, long maxResultBytes) {
        this.sink = sink;
        this.pageBytes = sink.pageBytes();
        this.maxResultBytes = maxResultBytes;
        buffer[count++] = '[';
    }

    /** Begins a row: what is written from now on is one JSON object. */
    void startRow() throws IOException {
        if (rowsInPage > 0) {
            write(',');
        }
        rowStart = count;
    }

    /** The row is complete; passes the page on that it does not fit into. */
    void endRow() throws IOException {
        if (discarding) {
            return;
        }
        rows++;
        rowsInPage++;
        if (rowsInPage > 1 && count + 1L > pageBytes) {
            int rowLength = count - rowStart;
            buffer[rowStart - 1] = ']';
            rowsInPage--;
            pass(rowStart, rows - 1 - rowsInPage);
            System.arraycopy(buffer, rowStart, buffer, 1, rowLength);
            count = 1 + rowLength;
            rowsInPage = 1;
        }
        if (rowsInPage == 1 && count + 1L > pageBytes) {
            passRest();
        }
    }

    /** The result is complete. */
    void finish() throws IOException {
        if (!discarding && (rowsInPage > 0 || pages == 0)) {
            passRest();
        }
    }

    /** Drops what follows: the result is too large, but the statement that writes has to run to its end. */
    void discard() {
        discarding = true;
        buffer = new byte[1];
        count = 0;
    }

    boolean isDiscarding() {
        return discarding;
    }

    long rows() {
        return rows;
    }

    long bytes() {
        return bytesTaken;
    }

    @Override
    public void write(int b) throws IOException {
        if (!discarding) {
            reserve(1);
            buffer[count++] = (byte) b;
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (!discarding) {
            reserve(length);
            System.arraycopy(bytes, offset, buffer, count, length);
            count += length;
        }
    }

    private void reserve(int length) throws ResultOverflow {
        if (count - rowStart + (long) length > QueryBounds.MAX_ROW_BYTES) {
            throw ResultOverflow.ofRow(QueryBounds.MAX_ROW_BYTES);
        }
        // The closing bracket counts too.
        if (maxResultBytes - bytesTaken < count + length + 1L) {
            throw ResultOverflow.ofResult(maxResultBytes);
        }
        // One more than needed, so that the bracket always has its place.
        if (count + length >= buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(count + length + 1, buffer.length * 2));
        }
    }

    private void passRest() throws IOException {
        buffer[count++] = ']';
        pass(count, rows - rowsInPage);
        if (buffer.length > KEPT_BYTES && pageBytes < KEPT_BYTES) {
            buffer = new byte[INITIAL_BYTES];
        }
        buffer[0] = '[';
        count = 1;
        rowStart = 1;
        rowsInPage = 0;
    }

    private void pass(int length, long firstRow) throws SinkFailed {
        pages++;
        bytesTaken += length;
        try {
            sink.page(new ResultPage(pages, buffer, length, firstRow, rowsInPage));
        } catch (IOException e) {
            throw new SinkFailed(e);
        }
    }
}
