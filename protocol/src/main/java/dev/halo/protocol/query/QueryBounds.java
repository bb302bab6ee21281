package dev.halo.protocol.query;

/** Bounds that both ends of the suite keep; the integrator API's numbers are its contract. */
public final class QueryBounds {

    /** Characters of a command's text. */
    public static final int MAX_TEXT_CHARS = 256 * 1024;

    /** Parameters of a command. */
    public static final int MAX_PARAMETERS = 1_500;

    /** Bytes of the body of a POST. */
    public static final int MAX_REQUEST_BYTES = 768 * 1024;

    /** Bytes of result JSON of an immediate query or of one run of a registered query; above it 413. */
    public static final long MAX_IMMEDIATE_RESULT_BYTES = 8L * 1024 * 1024;

    /** Bytes of result JSON that travel through the session and Kafka; above it the Link PUTs them to a gateway. */
    public static final int MAX_INLINE_RESULT_BYTES = 256 * 1024;

    /** Bytes of JSON of one row. */
    public static final int MAX_ROW_BYTES = 32 * 1024 * 1024;

    /** Milliseconds in the Link's queue: default and bound of an immediate. */
    public static final int IMMEDIATE_QUEUE_DEFAULT_MILLIS = 30_000;

    public static final int IMMEDIATE_QUEUE_MAX_MILLIS = 60_000;

    /** Milliseconds in the Link's queue: default and bound of an async. */
    public static final int ASYNC_QUEUE_DEFAULT_MILLIS = 3_600_000;

    public static final int ASYNC_QUEUE_MAX_MILLIS = 7_200_000;

    /** About how many bytes of JSON a page of an async result has. */
    public static final int PAGE_BYTES = 1024 * 1024;

    /** Pages of one result; about a terabyte. */
    public static final int MAX_PAGES = 1_000_000;

    /** Seconds between two runs of a registered query: the least. */
    public static final int REGISTERED_FREQUENCY_MIN_SECONDS = 60;

    /** Seconds for which a query is registered: the most. */
    public static final int REGISTERED_DURATION_MAX_SECONDS = 86_400;

    /** Ids in one request for the status of many queries. */
    public static final int MAX_STATUS_BATCH = 500;

    private QueryBounds() {}

    /** @throws IllegalArgumentException unless it is from 0 to {@link #MAX_PAGES} */
    static void requirePages(int pages) {
        if (pages < 0 || pages > MAX_PAGES) {
            throw new IllegalArgumentException("pages must be from 0 to " + MAX_PAGES + ": " + pages);
        }
    }
}
