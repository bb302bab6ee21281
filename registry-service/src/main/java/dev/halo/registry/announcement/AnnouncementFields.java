package dev.halo.registry.announcement;

import dev.halo.protocol.link.LinkMessages;
import dev.halo.protocol.link.LinkMessages.AnnouncedSite;
import dev.halo.protocol.link.LinkMessages.Announcement;
import dev.halo.protocol.site.Catalogue;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.PmsType;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.error.Fields;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Checks the shape of an announcement; what it says is judged by {@link AnnouncementRules}. */
final class AnnouncementFields {

    static final int MAX_CATALOGUES = 16;
    static final int MAX_ENABLED_INTEGRATORS = 500;

    private AnnouncementFields() {}

    /**
     * @return the announced sites with every field set that the rules need
     * @throws ApiException with status 400, naming the field and its bound
     */
    static List<AnnouncedSite> checked(Announcement announcement) {
        Fields.body(announcement);
        Fields.text("linkVersion", announcement.linkVersion(), 64);
        List<AnnouncedSite> sites = announcement.sites();
        Fields.count("sites", sites.size(), LinkMessages.MAX_SITES);
        Set<UUID> seen = new HashSet<>();
        for (int i = 0; i < sites.size(); i++) {
            String at = "sites[" + i + "].";
            check(at, sites.get(i));
            if (!seen.add(sites.get(i).siteId())) {
                throw ApiException.badRequest(at + "siteId: is announced twice");
            }
        }
        return sites.stream().map(AnnouncementFields::complete).toList();
    }

    private static void check(String at, AnnouncedSite site) {
        Fields.required(at + "pmsType", site.pmsType());
        if (site.pmsType() != PmsType.ZEDMED) {
            throw ApiException.badRequest(at + "pmsType: must be Zedmed");
        }
        Fields.text(at + "databaseId", site.databaseId(), 64);
        freeText(at + "practiceName", site.practiceName(), 255);
        freeText(at + "pmsVersion", site.pmsVersion(), 64);
        Fields.count(at + "catalogues", site.catalogues().size(), MAX_CATALOGUES);
        Set<String> names = new HashSet<>();
        for (Catalogue catalogue : site.catalogues()) {
            Fields.text(at + "catalogues.name", catalogue.name(), 64);
            if (!names.add(catalogue.name())) {
                throw ApiException.badRequest(at + "catalogues.name: must be different from each other");
            }
        }
        long defaults = site.catalogues().stream().filter(Catalogue::isDefault).count();
        if (!site.catalogues().isEmpty() && defaults != 1) {
            throw ApiException.badRequest(
                    at + "catalogues.isDefault: must be true for exactly one, is for " + defaults);
        }
        Fields.count(at + "enabledIntegrators", site.enabledIntegrators().size(), MAX_ENABLED_INTEGRATORS);
    }

    /** What a practice typed may hold anything but the one character that PostgreSQL cannot store. */
    private static void freeText(String field, String value, int max) {
        if (value != null && (value.length() > max || value.indexOf('\0') >= 0)) {
            throw ApiException.badRequest(field + ": must be at most " + max + " characters, none of them NUL");
        }
    }

    private static AnnouncedSite complete(AnnouncedSite site) {
        if (site.licenceKind() != null) {
            return site;
        }
        return new AnnouncedSite(
                site.siteId(),
                site.pmsType(),
                site.databaseId(),
                site.practiceName(),
                site.pmsVersion(),
                LicenceKind.UNKNOWN,
                site.catalogues(),
                site.enabledIntegrators());
    }
}
