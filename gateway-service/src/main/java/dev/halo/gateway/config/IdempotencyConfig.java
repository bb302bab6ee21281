package dev.halo.gateway.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The header {@code Idempotency-Key}. */
@ConfigMapping(prefix = "halo.gateway.idempotency")
public interface IdempotencyConfig {

    /** How long a key is remembered. */
    @WithDefault("24h")
    Duration retention();

    /** How often keys that are older are forgotten. */
    @WithDefault("10m")
    Duration maintenance();

    /** How often a request looks whether the one that it repeats, at another gateway, has ended. */
    @WithDefault("500ms")
    Duration lookInterval();

    /** How long the end of an immediate may take to be written down before it is answered all the same. */
    @WithDefault("2s")
    Duration writeBeforeAnswer();

    /** How long the database may take. */
    @WithDefault("5s")
    Duration storeTimeout();
}
