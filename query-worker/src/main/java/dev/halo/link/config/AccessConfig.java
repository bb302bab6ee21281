package dev.halo.link.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.NotBlank;

/** How integrators are let in. */
@ConfigMapping(prefix = "halo.link.access")
public interface AccessConfig {

    /**
     * The role in which the vendor defined, in each database, what integrators may do; each integrator gets a role of its
     * own with the same privileges. The name is our assumption.
     */
    @NotBlank
    @WithDefault("HALO_INTEGRATOR")
    String vendorRole();
}
