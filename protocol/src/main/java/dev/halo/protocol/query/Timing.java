package dev.halo.protocol.query;

/**
 * How long a query spent in each stage at the Link, in milliseconds of its monotonic clock: a Link's wall clock may be
 * wrong and decides nothing.
 *
 * @param queued from arrival to start
 * @param executing from start to the last row read or the commit
 * @param sql of that, the time inside the database's calls
 * @param uploading of a result that was PUT to a gateway
 */
public record Timing(long queued, long executing, long sql, long uploading) {

    public static final Timing NONE = new Timing(0, 0, 0, 0);
}
