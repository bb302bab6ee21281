package dev.halo.gateway.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;

/** Rate limits and daily quotas. They hold in production; stage has none. */
@ConfigMapping(prefix = "halo.gateway.limits")
public interface LimitsConfig {

    /** Lets a stage deployment try the limits out. Production always has them. */
    @WithDefault("false")
    boolean onStage();

    /** The zone at whose midnight daily quotas begin anew. */
    @WithDefault("Australia/Sydney")
    ZoneId zone();

    /** Of integrators without a tier, or with one that is not configured here. */
    Tier defaultTier();

    /** The tiers by the names that integrators have at the registry. */
    Map<String, Tier> tiers();

    /** Pairs of integrator and practice whose rate is counted at the same time; beyond it only the integrator's is. */
    @WithDefault("50000")
    @Min(1)
    int maxTracked();

    /** How quotas are counted. */
    Ledger ledger();

    /** What an integrator may do. */
    interface Tier {

        /** Requests per second of an integrator, at all gateways together. */
        @WithDefault("100")
        @Min(1)
        int requestsPerSecond();

        /** Requests that may come at once after a pause. */
        @WithDefault("200")
        @Min(1)
        int burst();

        /** Requests per second of an integrator that concern one practice. */
        @WithDefault("30")
        @Min(1)
        int practiceRequestsPerSecond();

        /** Of these the ones that may come at once after a pause. */
        @WithDefault("60")
        @Min(1)
        int practiceBurst();

        /** Queries of an integrator at a practice within a day; 0: no quota. */
        @WithDefault("100000")
        @Min(0)
        long dailyQueries();

        /** Bytes of results given to an integrator of a practice within a day; 0: no quota. */
        @WithDefault("20G")
        MemorySize dailyBytes();
    }

    /** How quotas are counted. */
    interface Ledger {

        /** Pairs of integrator and practice that are counted at the same time; beyond it a query is answered 503. */
        @WithDefault("20000")
        @Min(1)
        int maxAccounts();

        /** How often what was used is written down. A gateway that crashes forgets what it had not written. */
        @WithDefault("2s")
        Duration interval();

        /** How long a gateway keeps its share of a quota that nobody uses. */
        @WithDefault("30s")
        Duration idle();

        /** What the database may take. A request without a share waits for two answers at the most, an orderly stop too. */
        @WithDefault("2s")
        Duration storeTimeout();

        /**
         * The part of a daily quota that each gateway lets through while the database is away; beyond it 503. It is
         * charged when the database is back.
         */
        @WithDefault("0.1")
        @DecimalMin("0")
        @DecimalMax("1")
        double shareWithoutStore();
    }
}
