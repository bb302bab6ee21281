package dev.halo.link.upload;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.Optional;

/** How the pages of async results are kept and uploaded. */
@ConfigMapping(prefix = "halo.link.upload")
public interface UploadConfig {

    /** Where pages wait for their upload. */
    @Valid
    Spool spool();

    /** Pages that are uploaded at once. */
    @Min(1)
    @Max(64)
    @WithDefault("4")
    int pagesInFlight();

    /** Pages of one result that are uploaded at once. */
    @Min(1)
    @Max(64)
    @WithDefault("3")
    int pagesInFlightPerResult();

    /** Longest time for one attempt to upload a page, besides what its bytes take at {@link #slowest()}. */
    @NotNull
    @WithDefault("PT60S")
    Duration attemptTimeout();

    /** Bytes per second that the practice's uplink gives a page at least. */
    @NotNull
    @WithDefault("32K")
    MemorySize slowest();

    /** How long a result is tried to be uploaded without a page being taken, before its query ends as not uploaded. */
    @NotNull
    @WithDefault("PT2H")
    Duration retryFor();

    /** First pause after a failed attempt; it doubles, with jitter, up to {@link #maxBackOff()}. */
    @NotNull
    @WithDefault("PT0.5S")
    Duration minBackOff();

    /** Longest pause between two attempts, unless the gateway asks for a longer one. */
    @NotNull
    @WithDefault("PT30S")
    Duration maxBackOff();

    /** Bytes per second that async results may take of the practice's uplink; no bound where none is given. */
    Optional<MemorySize> bandwidth();

    /** How long a page lets results that a caller waits for go first. */
    @NotNull
    @WithDefault("PT5S")
    Duration yieldFor();

    /** Where pages wait for their upload. */
    interface Spool {

        /** Bytes in the data directory at the most. A page that could not fit at all fails its query. */
        @NotNull
        @WithDefault("2G")
        MemorySize maxBytes();

        /**
         * How long one page waits for room in a full spool, with its statement and its database slot, before its query
         * ends as not uploaded. Only reading statements wait: one that writes holds row locks, and ends at once.
         */
        @NotNull
        @WithDefault("PT10M")
        Duration waitFor();
    }
}
