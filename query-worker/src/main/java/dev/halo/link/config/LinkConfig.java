package dev.halo.link.config;

import dev.halo.protocol.site.Environment;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What the Link is and where it finds the cloud and its own files. */
@ConfigMapping(prefix = "halo.link")
public interface LinkConfig {

    /** What this Link was installed as. A Link of one environment refuses the databases of the other. */
    @WithDefault("production")
    Environment environment();

    /** Version of the Link, as announced to the registry. */
    @NotBlank
    @WithDefault("0.1.0")
    String version();

    /**
     * The Link's own files: identity, sealed secrets, journal, audit. Owner-only. Default: {@code /var/lib/halo-link}, on
     * Windows {@code %ProgramData%\HaloLink}.
     */
    Optional<Path> dataDir();

    /**
     * The key that the secrets in the data directory are sealed with; it must lie outside that directory, so that a copy
     * of the directory alone opens nothing. Made at the first start where it is missing. Default:
     * {@code /etc/halo-link/link.key}, on Windows {@code %ProgramData%\HaloLinkKey\link.key}.
     */
    Optional<Path> keyFile();

    /** Base URL of the agents' host of the cloud; the three below default to it. */
    Optional<URI> cloudUrl();

    /** Base URL of the registry: enrolment, tokens, announcements. */
    Optional<URI> registryUrl();

    /** Base URL of the bridge, http(s) or ws(s). */
    Optional<URI> bridgeUrl();

    /** Base URL of the gateway that takes large results. */
    Optional<URI> uploadUrl();

    /** One-time token from an operator; used while the Link is not enrolled. */
    Optional<String> enrolmentToken();

    /** How far this machine's clock may be off before it is said in the log and in the report. */
    @NotNull
    @WithDefault("PT60S")
    Duration clockWarning();

    /** Added to the machine's clock, to try out a wrong one. Refused in production. */
    @NotNull
    @WithDefault("PT0S")
    Duration simulatedClockOffset();

    /** Calls to the registry. */
    @Valid
    Registry registry();

    /** Where and how Zedmed's INI is read. */
    @Valid
    Sites sites();

    /** How long an orderly stop waits for running queries before it cancels them. */
    @NotNull
    @WithDefault("PT20S")
    Duration stopGrace();

    /** Calls to the registry. */
    interface Registry {

        /** Longest time for one call. */
        @NotNull
        @WithDefault("PT15S")
        Duration timeout();

        /** How often token and secret are renewed, and the sites announced again. */
        @NotNull
        @WithDefault("PT1H")
        Duration renewEvery();

        /** First pause after a failed call; it doubles, with full jitter, up to {@link #maxBackOff()}. */
        @NotNull
        @WithDefault("PT1S")
        Duration minBackOff();

        /** Longest pause between two attempts. */
        @NotNull
        @WithDefault("PT2M")
        Duration maxBackOff();
    }

    /** How the Link watches the databases. */
    interface Sites {

        /** How often INI and databases are looked at again. */
        @NotNull
        @WithDefault("PT5M")
        Duration probeEvery();

        /** The same while something is wrong, and how often the INI's time stamp is looked at. */
        @NotNull
        @WithDefault("PT10S")
        Duration retryEvery();

        /** How many databases are probed at once. */
        @Min(1)
        @WithDefault("4")
        int probeThreads();
    }
}
