package dev.halo.gateway.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** The audit of queries and of refused requests. */
@ConfigMapping(prefix = "halo.gateway.audit")
public interface AuditConfig {

    /** How long an entry is kept. */
    @WithDefault("400d")
    Duration retention();

    /** Entries that wait to be written; beyond it new ones are not kept, and counted. */
    @WithDefault("50000")
    @Min(1)
    int maxWaiting();

    /** Entries written in one statement. */
    @WithDefault("500")
    @Min(1)
    @Max(1000)
    int batch();

    /** How often what waits is written. */
    @WithDefault("200ms")
    Duration interval();

    /** How long the database may take. */
    @WithDefault("5s")
    Duration storeTimeout();
}
