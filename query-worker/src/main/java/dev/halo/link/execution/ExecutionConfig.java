package dev.halo.link.execution;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;

/** How statements are run. The limits below come to an execution as its {@link ExecutionLimits}. */
@ConfigMapping(prefix = "halo.link.execution")
public interface ExecutionConfig {

    /** How long an immediate query, or one run of a registered one, may execute; the contract's bound is a minute. */
    @WithDefault("60S")
    @NotNull
    @DurationMax(seconds = 60)
    Duration readLimit();

    /**
     * How long an async query may execute; the contract's bound is five minutes. Queueing, waiting for room in the spool, and
     * uploading do not count.
     */
    @WithDefault("5M")
    @NotNull
    @DurationMax(minutes = 5)
    Duration asyncReadLimit();

    /** How long a statement that can write may execute: its row locks block the practice's own users. */
    @WithDefault("30S")
    @NotNull
    @DurationMax(seconds = 30)
    Duration writeLimit();

    /** Rows that one round trip to the server fetches at most. */
    @WithDefault("1000")
    @Min(1)
    @Max(100_000)
    int fetchSize();

    /** Bytes that the rows of one round trip take at most, by their declared lengths; two round trips are held at a time. */
    @WithDefault("2M")
    @NotNull
    MemorySize fetchBytes();

    /** How long a statement that writes waits for a row that somebody else has locked; whole seconds. */
    @WithDefault("5S")
    @NotNull
    Duration lockTimeout();

    /** How long a cancelled statement may take to end before its connection is dropped. */
    @WithDefault("5S")
    @NotNull
    Duration cancelGrace();

    /** How long a COMMIT may take before its connection is dropped and its outcome is unknown; nothing can cancel it. */
    @WithDefault("15S")
    @NotNull
    Duration commitTimeout();

    /** The zone of the database's times, such as {@code Australia/Sydney}; the machine's own where none is given. */
    Optional<String> databaseTimeZone();
}
