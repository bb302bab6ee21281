package dev.halo.link.enablement;

import dev.halo.link.firebird.IntegratorLogin;
import java.time.Instant;
import java.util.Objects;

/**
 * An integrator that the practice has enabled through this Link.
 *
 * @param name what the practice calls it, null where none was given
 * @param enabledAt by this machine's clock
 */
public record EnabledIntegrator(IntegratorLogin login, String name, Instant enabledAt) {
    public EnabledIntegrator {
        Objects.requireNonNull(login, "login");
        Objects.requireNonNull(enabledAt, "enabledAt");
    }
}
