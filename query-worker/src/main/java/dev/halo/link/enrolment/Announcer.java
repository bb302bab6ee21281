package dev.halo.link.enrolment;

import dev.halo.link.config.ZedmedConfig;
import dev.halo.link.enablement.EnablementService;
import dev.halo.link.identity.SiteBinding;
import dev.halo.link.identity.SiteBindings;
import dev.halo.link.query.AuthorityBook;
import dev.halo.link.site.SiteDirectory;
import dev.halo.link.site.SiteState;
import dev.halo.protocol.frame.Frame.SiteAuthority;
import dev.halo.protocol.link.LinkMessages;
import dev.halo.protocol.link.LinkMessages.AnnouncedSite;
import dev.halo.protocol.link.LinkMessages.Announcement;
import dev.halo.protocol.link.LinkMessages.AnnouncementResult;
import dev.halo.protocol.link.LinkMessages.SiteResult;
import dev.halo.protocol.site.Catalogue;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Makes the announcement of the Link's sites and takes the registry's answer to heart. */
public final class Announcer {

    private static final Logger LOG = Logger.getLogger(Announcer.class);

    private final String linkVersion;
    private final ZedmedConfig zedmed;
    private final SiteDirectory sites;
    private final EnablementService enablement;
    private final SiteBindings bindings;
    private final AuthorityBook authority;
    private final Runnable sitesMustBeReadAgain;
    private final Map<UUID, SiteResult> results = new ConcurrentHashMap<>();

    /** @param sitesMustBeReadAgain called when a site has got another Halo GUID */
    public Announcer(
            String linkVersion,
            ZedmedConfig zedmed,
            SiteDirectory sites,
            EnablementService enablement,
            SiteBindings bindings,
            AuthorityBook authority,
            Runnable sitesMustBeReadAgain) {
        this.linkVersion = linkVersion;
        this.zedmed = zedmed;
        this.sites = sites;
        this.enablement = enablement;
        this.bindings = bindings;
        this.authority = authority;
        this.sitesMustBeReadAgain = sitesMustBeReadAgain;
    }

    /**
     * What there is to announce; empty while not every installation has been looked at, since a site that is missing
     * from an announcement counts as given up.
     */
    public Optional<Announcement> announcement() {
        if (sites.states().isEmpty() && sites.iniProblems().isEmpty()
                || sites.states().stream().anyMatch(SiteState.Found.class::isInstance)) {
            return Optional.empty();
        }
        List<AnnouncedSite> announced = new ArrayList<>();
        for (SiteState state : sites.states()) {
            state.announced().ifPresent(binding -> announced.add(site(state, binding)));
        }
        return Optional.of(new Announcement(
                linkVersion, announced.stream().limit(LinkMessages.MAX_SITES).toList()));
    }

    private AnnouncedSite site(SiteState state, SiteBinding binding) {
        List<Catalogue> catalogues = state.served()
                .map(site -> site.databases().stream()
                        .map(database -> new Catalogue(
                                database.catalogue(), database.catalogue().equals(zedmed.patientCatalogue())))
                        .toList())
                .orElseGet(() -> List.of(new Catalogue(zedmed.patientCatalogue(), true)));
        return new AnnouncedSite(
                binding.siteId(),
                PmsType.ZEDMED,
                binding.announcedId(),
                binding.practiceName(),
                binding.zedmedVersion(),
                binding.licenceKind(),
                catalogues,
                enablement.enabled(binding.siteId()));
    }

    /** What the registry said of each site; returns whether another announcement is due at once. */
    public boolean accept(AnnouncementResult result) {
        boolean again = false;
        List<SiteAuthority> heard = new ArrayList<>();
        for (SiteResult site : result.sites()) {
            if (site.newGuidNeeded()) {
                again |= renew(site);
                continue;
            }
            SiteResult before = results.put(site.siteId(), site);
            if (!site.equals(before)) {
                LOG.infof(
                        "event=site_announced site=%s status=%s authoritative=%s problem=\"%s\"",
                        site.siteId(),
                        site.status() == null ? null : site.status().wire(),
                        site.authoritative(),
                        site.problem() == null ? "" : site.problem());
            }
            heard.add(new SiteAuthority(
                    site.siteId(), site.status() == SiteStatus.ACTIVE, site.authoritative(), site.authorityVersion()));
        }
        authority.update(heard);
        return again;
    }

    private boolean renew(SiteResult site) {
        try {
            Optional<SiteBinding> renewed = bindings.renew(site.siteId());
            if (renewed.isEmpty()) {
                return false;
            }
            enablement.siteRenamed(site.siteId(), renewed.get().siteId());
            LOG.warnf(
                    "event=site_guid_renewed old=%s site=%s: another Link owns the old one",
                    site.siteId(), renewed.get().siteId());
            sitesMustBeReadAgain.run();
            return true;
        } catch (IOException e) {
            LOG.errorf("event=site_guid_not_renewed site=%s reason=\"%s\"", site.siteId(), e.getMessage());
            return false;
        }
    }

    /** What the registry last said of a site. */
    public Optional<SiteResult> result(UUID siteId) {
        return Optional.ofNullable(results.get(siteId));
    }
}
