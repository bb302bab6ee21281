package dev.halo.link.control;

import java.util.List;
import java.util.UUID;

/** The bodies of the control endpoint, which only commands on this machine use. */
public final class ControlMessages {

    private ControlMessages() {}

    /** @param token one-time, from an operator */
    public record Enrol(String token) {
        @Override
        public String toString() {
            return "Enrol[]";
        }
    }

    /** @param force whether to forget the identity also where the registry was not told */
    public record Uninstall(boolean force) {}

    /**
     * Enables or disables an integrator.
     *
     * @param site Halo GUID, Database ID, or name of the INI's section
     * @param name what the practice calls the integrator, may be null
     */
    public record Access(String site, UUID integratorId, String name, String adminUser, String adminPassword) {
        @Override
        public String toString() {
            return "Access[" + site + ", " + integratorId + "]";
        }
    }

    /** What was done, in words. */
    public record Done(String message) {}

    /** Why nothing was done, in words. */
    public record Problem(String message) {}

    /** Enabled integrators. */
    public record Integrators(List<LinkReport.Integrator> integrators) {}
}
