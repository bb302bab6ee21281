package dev.halo.link.control;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What the Link found and what it could not use, for the practice's administrator. Holds no secret.
 *
 * @param problems everything that keeps something from working, in words; empty when all is well
 */
public record LinkReport(
        String version,
        String environment,
        UUID linkId,
        String registry,
        boolean registryGood,
        String session,
        boolean sessionOpen,
        long clockAheadMillis,
        String ini,
        List<Site> sites,
        int queriesWaiting,
        int queriesRunning,
        int writesInJournal,
        List<String> problems) {

    /**
     * One installation.
     *
     * @param state {@code usable}, {@code unusable} or {@code found}
     * @param reason why it is not usable, null when it is
     * @param registry what the registry says of it
     */
    public record Site(
            String section,
            String state,
            String reason,
            String message,
            UUID siteId,
            String databaseId,
            String practiceName,
            String licenceKind,
            List<String> catalogues,
            List<String> warnings,
            String registry,
            boolean authoritative,
            List<Integrator> integrators) {}

    /** An integrator that the practice has enabled. */
    public record Integrator(
            UUID integratorId, String name, UUID siteId, String user, Map<String, String> catalogues) {}
}
