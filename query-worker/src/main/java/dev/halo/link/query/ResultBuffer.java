package dev.halo.link.query;

import dev.halo.link.execution.ResultPage;
import dev.halo.link.execution.RowSink;
import java.io.IOException;

/** Holds the whole result of a query that has a bound, which the runner keeps. */
public final class ResultBuffer implements RowSink {

    private byte[] rows = {};

    @Override
    public long pageBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public void page(ResultPage page) throws IOException {
        if (page.number() > 1) {
            throw new IOException("a result in one page came in several");
        }
        rows = page.toByteArray();
    }

    /** The rows' array; empty while there is none. */
    public byte[] rows() {
        return rows;
    }
}
