package dev.halo.gateway.limits;

import dev.halo.gateway.config.LimitsConfig;

/**
 * What an integrator may do.
 *
 * @param perIntegrator its requests
 * @param perPractice of these the ones that concern one practice
 * @param dailyQueries at one practice; {@link #NONE}: as many as it likes
 * @param dailyBytes of results of one practice; {@link #NONE}: as many as it likes
 */
public record Tier(Rate perIntegrator, Rate perPractice, long dailyQueries, long dailyBytes) {

    /** Stands for a quota that there is not. */
    public static final long NONE = Long.MAX_VALUE;

    /** Without quotas and with rates that nobody reaches. */
    static final Tier WITHOUT_LIMITS = new Tier(
            new Rate(Integer.MAX_VALUE, Integer.MAX_VALUE), new Rate(Integer.MAX_VALUE, Integer.MAX_VALUE), NONE, NONE);

    static Tier of(LimitsConfig.Tier config) {
        return new Tier(
                new Rate(config.requestsPerSecond(), config.burst()),
                new Rate(config.practiceRequestsPerSecond(), config.practiceBurst()),
                orNone(config.dailyQueries()),
                orNone(config.dailyBytes().asLongValue()));
    }

    private static long orNone(long quota) {
        return quota == 0 ? NONE : quota;
    }

    /**
     * A rate of requests at all gateways together.
     *
     * @param perSecond in the long run, at least 1
     * @param burst that may come at once after a pause, at least 1
     */
    public record Rate(int perSecond, int burst) {
        public Rate {
            if (perSecond < 1 || burst < 1) {
                throw new IllegalArgumentException("a rate must let at least one request through");
            }
        }
    }
}
