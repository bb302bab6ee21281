package dev.halo.link.queue;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** How much of the practice's database server the Link uses at once, and how much it lets wait. */
@ConfigMapping(prefix = "halo.link.queue")
public interface QueueConfig {

    /** Queries that run at once on one site. */
    @Valid
    Site site();

    /** Queries that run at once on one database server, whatever the number of its sites. */
    @Valid
    Host host();

    /**
     * Queries of each class that wait at one site; what comes beyond is handed back. Also the credit given to the bridge,
     * for immediates and for asyncs each.
     */
    @Min(1)
    @Max(10_000)
    @WithDefault("256")
    int sitePending();

    /** Queries of each class that wait at the whole Link. */
    @Min(1)
    @Max(100_000)
    @WithDefault("2048")
    int totalPending();

    /** Cancels that are remembered for queries that have not come yet. */
    @Min(1)
    @Max(1_000_000)
    @WithDefault("10000")
    int rememberedCancels();

    /** Ended queries that are remembered, so that a second copy of one is not run. */
    @Min(1)
    @Max(1_000_000)
    @WithDefault("20000")
    int rememberedQueries();

    /** Slots of one site by class. One integrator holds at most half of a class, and at least one. */
    interface Site {

        /** Immediate queries. */
        @Min(1)
        @Max(256)
        @WithDefault("8")
        int immediate();

        /** Runs of registered queries. */
        @Min(1)
        @Max(256)
        @WithDefault("2")
        int registered();

        /** Async queries. */
        @Min(1)
        @Max(256)
        @WithDefault("2")
        int async();
    }

    /** Slots of one database server by class. */
    interface Host {

        /** Immediate queries. */
        @Min(1)
        @Max(512)
        @WithDefault("16")
        int immediate();

        /** Runs of registered queries. */
        @Min(1)
        @Max(512)
        @WithDefault("4")
        int registered();

        /** Async queries. */
        @Min(1)
        @Max(512)
        @WithDefault("4")
        int async();

        /** All classes together; one of these is always kept for immediates. */
        @Min(2)
        @Max(1_024)
        @WithDefault("20")
        int total();
    }
}
