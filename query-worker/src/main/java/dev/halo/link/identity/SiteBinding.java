package dev.halo.link.identity;

import dev.halo.protocol.site.LicenceKind;
import java.util.Objects;
import java.util.UUID;

/**
 * The Halo GUID of one (INI section, Zedmed Database ID), with what was last read there: a database that is down is still
 * announced.
 *
 * @param section name of the INI's section
 * @param databaseId as read from the database; all developers' databases share theirs
 * @param siteId the Halo GUID
 * @param practiceName as last read
 * @param zedmedVersion as last read, null where there is none
 * @param licenceKind as last read
 * @param current whether this is what was last found in the section: of several bindings of a section, one is
 */
public record SiteBinding(
        String section,
        String databaseId,
        UUID siteId,
        String practiceName,
        String zedmedVersion,
        LicenceKind licenceKind,
        boolean current) {

    private static final int FAKE_ID_CHARS = 8;

    public SiteBinding {
        Objects.requireNonNull(section, "section");
        Objects.requireNonNull(databaseId, "databaseId");
        Objects.requireNonNull(siteId, "siteId");
        Objects.requireNonNull(licenceKind, "licenceKind");
    }

    /**
     * The PMS ID that the site goes by: the Database ID, or the first eight characters of the Halo GUID where the licence
     * is a developer's, whose databases have no id of their own.
     */
    public String announcedId() {
        return licenceKind == LicenceKind.DEVELOPER ? siteId.toString().substring(0, FAKE_ID_CHARS) : databaseId;
    }

    SiteBinding withSiteId(UUID next) {
        return new SiteBinding(section, databaseId, next, practiceName, zedmedVersion, licenceKind, current);
    }

    SiteBinding asCurrent(boolean next) {
        return new SiteBinding(section, databaseId, siteId, practiceName, zedmedVersion, licenceKind, next);
    }
}
