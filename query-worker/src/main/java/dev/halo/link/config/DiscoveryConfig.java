package dev.halo.link.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.NotBlank;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The database user that the Link looks at databases with. It may read what the probe statements read, and nothing else;
 * no integrator's query ever runs as it.
 */
@ConfigMapping(prefix = "halo.link.discovery")
public interface DiscoveryConfig {

    /** Its name at every server. */
    @NotBlank
    @WithDefault("HALO_DISCOVERY")
    String user();

    /** Its password. */
    Optional<String> password();

    /** A file that holds the password, if it is not given directly. */
    Optional<Path> passwordFile();
}
