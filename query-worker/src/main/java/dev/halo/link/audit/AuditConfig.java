package dev.halo.link.audit;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

/** The practice's own record of what was run on its databases. */
@ConfigMapping(prefix = "halo.link.audit")
public interface AuditConfig {

    /** Size at which a file is closed and the next one begun. */
    @NotNull
    @WithDefault("16M")
    MemorySize maxFileSize();

    /** How many closed files are kept; the oldest goes when there are more. */
    @Min(1)
    @Max(10_000)
    @WithDefault("64")
    int maxFiles();
}
