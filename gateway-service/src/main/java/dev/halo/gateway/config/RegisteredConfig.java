package dev.halo.gateway.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** Registered queries. */
@ConfigMapping(prefix = "halo.gateway.registered")
public interface RegisteredConfig {

    /** Enabled registrations of one integrator and site; beyond it the answer is 503. */
    @WithDefault("50")
    @Min(1)
    @Max(1000)
    int maxEnabled();

    /** Registrations of one integrator and site that are kept, ended ones included; beyond it the answer is 503. */
    @WithDefault("500")
    @Min(1)
    @Max(10_000)
    int maxKept();

    /** How often one of the gateways looks for registrations that must be ended, sent again or forgotten. */
    @WithDefault("5s")
    Duration sweepInterval();

    /** How long a Link may take to confirm a registration before it is sent again. */
    @WithDefault("10s")
    Duration resendAfter();

    /** How long the last run may take to be reported after the registration's end. */
    @WithDefault("90s")
    Duration endGrace();

    /** How long an ended registration and its result can be read. */
    @WithDefault("24h")
    Duration retention();

    /** Bytes of uploaded results that are in memory at the same time; beyond it an upload is answered 503. */
    @WithDefault("64M")
    MemorySize maxUploadMemory();

    /** Bytes of results that are on their way to integrators at the same time. */
    @WithDefault("64M")
    MemorySize maxDownloadMemory();

    /** How long an answer waits for its share of that memory. */
    @WithDefault("10s")
    Duration downloadWait();

    /** How long the database may take. */
    @WithDefault("5s")
    Duration storeTimeout();

    /** How long the database may take to store or give a result. */
    @WithDefault("20s")
    Duration resultTimeout();
}
