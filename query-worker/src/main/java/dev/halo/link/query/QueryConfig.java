package dev.halo.link.query;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;

/** How queries are run and their results delivered. */
@ConfigMapping(prefix = "halo.link.query")
public interface QueryConfig {

    /** Threads that run immediates: no more of them run at once on all databases together, the others wait queued. */
    @Min(1)
    @Max(512)
    @WithDefault("32")
    int threads();

    /**
     * Threads that run asyncs and registered queries, apart from those of immediates: no more of them run at once on all
     * databases together, the others wait queued. Enough for the slots of two database servers; below {@code
     * halo.link.firebird.max-connections}, so that connections are left for immediates.
     */
    @Min(1)
    @Max(512)
    @WithDefault("16")
    int backgroundThreads();

    /** Asyncs that have not ended, or whose end is not confirmed, at the whole Link; what comes beyond is handed back. */
    @Min(1)
    @Max(3_000)
    @WithDefault("2000")
    int asyncs();

    /** How often it is said again that an async executes or uploads, for the case that it was lost on its way. */
    @NotNull
    @WithDefault("PT60S")
    Duration repeatProgress();

    /** Results of immediates that are uploaded at once. */
    @Min(1)
    @Max(64)
    @WithDefault("4")
    int uploads();

    /** Results that wait for their upload; beyond it a query fails with {@code http} 503. */
    @Min(1)
    @Max(1_000)
    @WithDefault("32")
    int pendingUploads();

    /** Longest time for one attempt to upload. */
    @NotNull
    @WithDefault("PT20S")
    Duration uploadTimeout();

    /** Outcomes kept for a bridge that has not confirmed them. */
    @Min(1)
    @Max(100_000)
    @WithDefault("8192")
    int unackedOutcomes();

    /** Bytes of those outcomes. */
    @NotNull
    @WithDefault("64M")
    MemorySize unackedBytes();

    /** How long the outcome of an immediate is kept: after this no gateway waits for it. */
    @NotNull
    @WithDefault("PT5M")
    Duration unackedAge();
}
