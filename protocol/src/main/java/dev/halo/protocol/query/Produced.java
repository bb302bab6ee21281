package dev.halo.protocol.query;

import java.util.Objects;

/**
 * What the execution of an async query has produced; its pages may still be on their way.
 *
 * @param rows their number
 * @param size bytes of JSON of all pages
 * @param pages their number, from 1 for a result without rows
 */
public record Produced(long rows, long size, int pages, Timing timing) {
    public Produced {
        Objects.requireNonNull(timing, "timing");
        if (rows < 0 || size < 0 || pages < 0) {
            throw new IllegalArgumentException("counts must not be negative");
        }
        QueryBounds.requirePages(pages);
    }
}
