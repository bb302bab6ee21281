package dev.halo.registry.paging;

import java.util.List;
import java.util.function.Function;

/**
 * A part of a list.
 *
 * @param nextOffset where the next part begins; null at the end of the list
 */
public record Page<T>(List<T> items, Integer nextOffset) {

    /** The most entries of a page. */
    public static final int MAX_LIMIT = 1000;

    /** The farthest into a list that a page may begin; whoever needs more narrows the list down. */
    public static final int MAX_OFFSET = 1_000_000;

    public Page {
        items = List.copyOf(items);
    }

    /**
     * Makes a page of what was read.
     *
     * @param oneMore up to {@code limit + 1} entries, so that it is known whether there are more
     */
    public static <T> Page<T> of(List<T> oneMore, int offset, int limit) {
        return oneMore.size() > limit
                ? new Page<>(oneMore.subList(0, limit), offset + limit)
                : new Page<>(oneMore, null);
    }

    /** The same page of something else. */
    public <R> Page<R> map(Function<T, R> each) {
        return new Page<>(items.stream().map(each).toList(), nextOffset);
    }
}
