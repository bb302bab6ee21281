package dev.halo.gateway.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Optional;

/** Webhooks. */
@ConfigMapping(prefix = "halo.gateway.webhooks")
public interface WebhookConfig {

    /**
     * Opens the signing secrets that the registry publishes: base64 of 32 bytes, the same as its
     * {@code halo.registry.at-rest-key}. Without it no webhook can be signed, and so none is delivered.
     */
    Optional<String> atRestKey();

    /**
     * Lets webhooks go to loopback, private and other special addresses, and by plain http: on a developer's machine and
     * on stage. Never where integrators choose the URLs.
     */
    @WithDefault("false")
    boolean allowPrivateTargets();

    /** Attempts of this gateway at the same time. */
    @WithDefault("32")
    @Min(1)
    @Max(1000)
    int maxConcurrent();

    /** Of these, attempts for one integrator: a receiver that is slow holds up only its own. */
    @WithDefault("4")
    @Min(1)
    @Max(1000)
    int maxConcurrentPerIntegrator();

    /** What one attempt may take, from looking up the name to the receiver's status. */
    @WithDefault("5s")
    Duration attemptTimeout();

    /** Attempts after which a webhook counts as undelivered. */
    @WithDefault("10")
    @Min(1)
    @Max(100)
    int maxAttempts();

    /** The least pause between two attempts; each pause is drawn from this to three times the one before. */
    @WithDefault("5s")
    Duration firstPause();

    /** The time from the first attempt in which the others are made. */
    @WithDefault("90m")
    Duration window();

    /** How long a gateway has a webhook to itself; must be more than an attempt and its record take. */
    @WithDefault("30s")
    Duration lease();

    /** How often a gateway looks for webhooks that are due. */
    @WithDefault("500ms")
    Duration pollInterval();

    /** Webhooks of one integrator that wait; what comes on top is undelivered at once. */
    @WithDefault("10000")
    @Min(1)
    int maxWaitingPerIntegrator();

    /** Bytes that are read of a receiver's answer, whose body nobody needs. */
    @WithDefault("64K")
    MemorySize maxResponse();

    /** How long an undelivered webhook is kept for an operator. */
    @WithDefault("14d")
    Duration undeliveredRetention();

    /** How long the database may take. */
    @WithDefault("5s")
    Duration storeTimeout();
}
