package dev.halo.registry.announcement;

import dev.halo.protocol.link.LinkMessages.AnnouncedSite;
import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.registry.announcement.Verdict.Gone;
import dev.halo.registry.announcement.Verdict.Kept;
import dev.halo.registry.announcement.Verdict.NewGuidNeeded;
import dev.halo.registry.announcement.Verdict.Refused;
import dev.halo.registry.site.PmsKey;
import dev.halo.registry.site.Site;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Decides what becomes of each site of an announcement. A Link's word is not trusted beyond what it was enrolled for,
 * and one bad site never spoils the others.
 *
 * @param environment of this deployment
 * @param sharedDeveloperId the Database ID that all developer licences share
 */
record AnnouncementRules(Environment environment, String sharedDeveloperId) {

    /** Characters of a Halo GUID that make the fake Database ID of a developer licence. */
    static final int FAKE_ID_CHARS = 8;

    /**
     * What is known when the announcement comes.
     *
     * @param ownSites the Link's sites by Halo GUID
     * @param foreignSites announced Halo GUIDs that belong to other Links
     * @param takenFakeIds announced fake Database IDs that belong to other Links
     * @param anyPmsId whether the Link is entitled to every PMS ID
     * @param entitlements the PMS IDs it is entitled to
     */
    record Known(
            Map<UUID, Site> ownSites,
            Set<UUID> foreignSites,
            Set<PmsKey> takenFakeIds,
            boolean anyPmsId,
            Set<PmsKey> entitlements) {}

    /** The verdicts in the order announced. */
    Map<UUID, Verdict> judge(List<AnnouncedSite> announced, Known known) {
        Map<UUID, Verdict> verdicts = new LinkedHashMap<>();
        announced.forEach(site -> verdicts.put(site.siteId(), alone(site, known)));
        Map<PmsKey, List<AnnouncedSite>> candidates = announced.stream()
                .filter(site -> verdicts.get(site.siteId()) instanceof Kept)
                .collect(Collectors.groupingBy(AnnouncementRules::pmsKey));
        candidates.forEach((pmsKey, sites) -> oneOfEach(pmsKey, sites, known, verdicts));
        return verdicts;
    }

    static PmsKey pmsKey(AnnouncedSite site) {
        return new PmsKey(site.pmsType(), site.databaseId());
    }

    static String fakeId(UUID siteId) {
        return siteId.toString().substring(0, FAKE_ID_CHARS);
    }

    private Verdict alone(AnnouncedSite site, Known known) {
        if (known.foreignSites().contains(site.siteId())) {
            return new NewGuidNeeded("This Halo GUID belongs to another Link.");
        }
        Site own = known.ownSites().get(site.siteId());
        if (own != null && own.isGone()) {
            return new Gone(own.status(), "This site is " + own.status().wire() + ".");
        }
        if (site.databaseId().equalsIgnoreCase(sharedDeveloperId)) {
            return new Refused("All developer licences share the Database ID " + sharedDeveloperId
                    + "; announce the first eight characters of the Halo GUID instead.");
        }
        if (own != null && !own.pmsKey().equals(pmsKey(site))) {
            return new NewGuidNeeded("This Halo GUID stands for the Database ID "
                    + own.pmsKey().pmsId() + "; another database needs another Halo GUID.");
        }
        LicenceKind kind = licenceKind(site, own);
        return switch (kind) {
            case UNKNOWN -> Kept.initialising("The kind of the Zedmed licence could not be read.");
            case DEVELOPER -> developer(site, known);
            case STANDARD -> standard(site, known);
        };
    }

    private Verdict developer(AnnouncedSite site, Known known) {
        // First, since the database keeps such an id once, whatever else is wrong with it.
        if (known.takenFakeIds().contains(pmsKey(site)) || takenByAnother(site, known)) {
            return new NewGuidNeeded(taken(site));
        }
        if (environment != Environment.STAGE) {
            return Kept.initialising("A Zedmed with a developer licence can be used on stage only.");
        }
        if (!site.databaseId().equals(fakeId(site.siteId()))) {
            return new Refused("The Database ID of a developer licence must be the first eight characters of its Halo"
                    + " GUID, " + fakeId(site.siteId()) + ".");
        }
        // Made from a GUID that is its own, the id can be nobody else's: no enrolment has to name it.
        return Kept.active();
    }

    private static String taken(AnnouncedSite site) {
        return "Another database has the fake Database ID " + site.databaseId() + ".";
    }

    /** The Link itself may have two Halo GUIDs that begin alike. */
    private static boolean takenByAnother(AnnouncedSite site, Known known) {
        return known.ownSites().values().stream()
                .anyMatch(own -> own.licenceKind() == LicenceKind.DEVELOPER
                        && !own.isGone()
                        && own.pmsKey().equals(pmsKey(site))
                        && !own.id().equals(site.siteId()));
    }

    private Verdict standard(AnnouncedSite site, Known known) {
        if (environment == Environment.STAGE) {
            return Kept.initialising("On stage only a Zedmed with a developer licence can be used.");
        }
        if (!known.anyPmsId() && !known.entitlements().contains(pmsKey(site))) {
            return Kept.initialising(Site.notEntitled(site.databaseId()));
        }
        return Kept.active();
    }

    /** Of the databases of one Link with the same Database ID the known one stays. */
    private static void oneOfEach(PmsKey pmsKey, List<AnnouncedSite> sites, Known known, Map<UUID, Verdict> verdicts) {
        Site holder = known.ownSites().values().stream()
                .filter(site -> site.pmsKey().equals(pmsKey) && site.wasActivated() && !site.isGone())
                .findFirst()
                .orElse(null);
        if (holder == null && sites.stream().allMatch(site -> site.licenceKind() == LicenceKind.DEVELOPER)) {
            sites.stream().skip(1).forEach(site -> verdicts.put(site.siteId(), new NewGuidNeeded(taken(site))));
            return;
        }
        for (AnnouncedSite site : sites) {
            if (holder != null && !holder.id().equals(site.siteId())) {
                verdicts.put(
                        site.siteId(),
                        Kept.initialising("Another database of this Link, " + holder.id()
                                + ", has the same Database ID; an operator must choose."));
            } else if (holder == null && sites.size() > 1) {
                verdicts.put(
                        site.siteId(),
                        Kept.initialising(sites.size()
                                + " databases of this Link have the same Database ID; an operator must choose."));
            }
        }
    }

    /** What the Link could not read now stays as it was read before. */
    private static LicenceKind licenceKind(AnnouncedSite site, Site own) {
        if (site.licenceKind() != LicenceKind.UNKNOWN || own == null) {
            return site.licenceKind();
        }
        return own.licenceKind();
    }
}
