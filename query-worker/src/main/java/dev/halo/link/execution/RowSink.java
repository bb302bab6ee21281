package dev.halo.link.execution;

import java.io.IOException;

/** Takes a result while it is produced. All calls of one execution come from the thread that runs it. */
public interface RowSink {

    /**
     * About how many bytes of JSON a page may have: a page ends before the row that would exceed it, so that only a single
     * longer row makes a longer page. {@link Long#MAX_VALUE} for the whole result in one page.
     */
    long pageBytes();

    /** For how long, all in all, the sink has made the execution wait: this time does not count for its limit. */
    default long waitedNanos() {
        return 0;
    }

    /**
     * A page is full, or the result is at its end. A result without rows is one page with {@code []}.
     *
     * @param page valid until the call returns
     * @throws IOException if it cannot be kept, which fails the query; a {@link RowsNotKept} says with what
     */
    void page(ResultPage page) throws IOException;
}
