package dev.halo.gateway.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** Async queries. */
@ConfigMapping(prefix = "halo.gateway.async")
public interface AsyncConfig {

    /** Unfinished queries of one integrator and site that are at its Link; the others wait in PostgreSQL. */
    @WithDefault("100")
    @Min(1)
    @Max(1000)
    int maxAtLink();

    /** Unfinished queries of one integrator and site in all; beyond it the answer is 503. */
    @WithDefault("10000")
    @Min(1)
    int maxUnfinished();

    /** What a query may take at the Link once it runs. */
    @WithDefault("5m")
    Duration executionLimit();

    /** How long a result can be fetched after its query's completion; then 410. */
    @WithDefault("24h")
    Duration resultLifetime();

    /** How long a query can be looked up. */
    @WithDefault("7d")
    Duration retention();

    /** How long the database may take for one step. */
    @WithDefault("5s")
    Duration storeTimeout();

    /** How often a query may be begun at the Link before it counts as one that the Link cannot bear. */
    @WithDefault("3")
    @Min(1)
    int maxRuns();

    /** The clients' hint when to ask for the first time. */
    @WithDefault("1s")
    Duration pollingHint();

    /** Requests that wait for a change of status at the same time; beyond it the answer is 503. */
    @WithDefault("1000")
    @Min(0)
    int maxWaiting();

    /** How often the rows are looked at for which requests wait. */
    @WithDefault("250ms")
    Duration waitInterval();

    /** Recovery. */
    Sweep sweep();

    /** What nobody reports is found out by looking. */
    interface Sweep {

        /** How often one of the gateways looks. */
        @WithDefault("5s")
        Duration interval();

        /** How often a gateway looks for sessions to reconcile. */
        @WithDefault("500ms")
        Duration reconciliation();

        /** How long a session's reconciliation waits for older reports to be read. */
        @WithDefault("2m")
        Duration readingLimit();

        /** How long the Link may take to acknowledge a query before it is sent again. */
        @WithDefault("10s")
        Duration unacknowledged();

        /** How long a query that was handed back waits before it is sent again. */
        @WithDefault("3s")
        Duration released();

        /** After the end of its time in the queue: when a query that nothing reported as running has expired. */
        @WithDefault("120s")
        Duration expiry();

        /** After the execution limit: when a query that runs at a Link which stays away has an unknown outcome. */
        @WithDefault("15m")
        Duration lost();

        /** When a query that runs at a Link which is there, and of which nothing is heard, counts as forgotten. */
        @WithDefault("2h")
        Duration forgotten();

        /** Rows of each kind that one look handles. */
        @WithDefault("500")
        @Min(1)
        @Max(5000)
        int batch();
    }
}
