package dev.halo.registry.announcement;

import dev.halo.protocol.site.SiteStatus;

/** What the rules say about one announced site. */
public sealed interface Verdict {

    /**
     * It is written down.
     *
     * @param status {@link SiteStatus#ACTIVE} or {@link SiteStatus#INITIALISING}
     * @param problem why it is not active; null when it is
     */
    record Kept(SiteStatus status, String problem) implements Verdict {
        static Kept active() {
            return new Kept(SiteStatus.ACTIVE, null);
        }

        static Kept initialising(String problem) {
            return new Kept(SiteStatus.INITIALISING, problem);
        }
    }

    /** It cannot have this Halo GUID; the Link makes another. */
    record NewGuidNeeded(String problem) implements Verdict {}

    /** Nothing is written down: it has no PMS ID that could be. */
    record Refused(String problem) implements Verdict {}

    /** An operator took it away, or its Link was uninstalled; that stays. */
    record Gone(SiteStatus status, String problem) implements Verdict {}
}
