package dev.halo.link.session;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;

/** The socket to a bridge. */
@ConfigMapping(prefix = "halo.link.session")
public interface SessionConfig {

    /** Longest time for TCP, TLS and the upgrade. */
    @NotNull
    @WithDefault("PT10S")
    Duration connectTimeout();

    /** Longest time from the hello to the welcome. */
    @NotNull
    @WithDefault("PT20S")
    Duration welcomeTimeout();

    /** A socket on which nothing was heard for this long is half-dead and closed. */
    @NotNull
    @WithDefault("PT45S")
    Duration silence();

    /** First pause after a lost session; it doubles, with full jitter, up to {@link #maxBackOff()}. */
    @NotNull
    @WithDefault("PT0.5S")
    Duration minBackOff();

    /** Longest pause between two attempts. */
    @NotNull
    @WithDefault("PT30S")
    Duration maxBackOff();

    /** How long a session must have lived for the pauses to begin short again. */
    @NotNull
    @WithDefault("PT30S")
    Duration settled();

    /** Pause after another process has opened a session of this Link; not below a minute in the field. */
    @NotNull
    @WithDefault("PT60S")
    Duration supersededPause();

    /** Largest message either way. */
    @NotNull
    @WithDefault("2M")
    MemorySize maxMessage();
}
