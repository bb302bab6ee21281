package dev.halo.link.registered;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;

/** How many registered queries the Link holds, and how their runs are delivered. */
@ConfigMapping(prefix = "halo.link.registered")
public interface RegisteredConfig {

    /** Registered queries of one site; what comes beyond is refused. */
    @Min(1)
    @Max(100_000)
    @WithDefault("200")
    int maxPerSite();

    /** Registered queries of the whole Link; what comes beyond is refused. */
    @Min(1)
    @Max(100_000)
    @WithDefault("2000")
    int max();

    /** Runs kept for a bridge that has not confirmed them; beyond it the oldest is dropped. */
    @Min(1)
    @Max(100_000)
    @WithDefault("2000")
    int unackedRuns();

    /** Bytes of those runs: their output parameters travel in them. */
    @NotNull
    @WithDefault("16M")
    MemorySize unackedRunBytes();

    /** How long the result of a run is tried to be uploaded before the run counts as failed. */
    @NotNull
    @WithDefault("PT50S")
    Duration uploadFor();

    /** Results of runs that wait for their upload; beyond it a run fails with {@code http} 503. */
    @Min(1)
    @Max(1_000)
    @WithDefault("8")
    int pendingUploads();

    /** What a new session does not register again within this time is no longer wanted. */
    @NotNull
    @WithDefault("PT5M")
    Duration confirmWithin();
}
