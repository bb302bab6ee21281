package dev.halo.gateway.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;

/** How the gateways read what Links report. */
@ConfigMapping(prefix = "halo.gateway.lifecycle")
public interface LifecycleConfig {

    /** The consumer group that all gateways of a deployment are. */
    @WithDefault("halo-gateway")
    @NotBlank
    String group();

    /** How long a record waits that could not be handled, because PostgreSQL is away. */
    @WithDefault("1s")
    Duration retryAfter();
}
