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

    private QueryBounds() {}
}
