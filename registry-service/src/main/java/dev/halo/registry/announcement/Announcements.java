package dev.halo.registry.announcement;

import dev.halo.protocol.link.LinkMessages.AnnouncedSite;
import dev.halo.protocol.link.LinkMessages.Announcement;
import dev.halo.protocol.link.LinkMessages.AnnouncementResult;
import dev.halo.protocol.link.LinkMessages.SiteResult;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.SiteStatus;
import dev.halo.registry.access.Actor;
import dev.halo.registry.announcement.AnnouncementRules.Known;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.audit.AuditEntry;
import dev.halo.registry.audit.AuditEntry.SubjectKind;
import dev.halo.registry.authority.Authorities;
import dev.halo.registry.authority.Authorities.Answering;
import dev.halo.registry.command.Command;
import dev.halo.registry.command.Commands;
import dev.halo.registry.config.RegistryConfig;
import dev.halo.registry.error.ApiException;
import dev.halo.registry.link.Link;
import dev.halo.registry.link.Links;
import dev.halo.registry.outbox.Publication;
import dev.halo.registry.pairing.Enablements;
import dev.halo.registry.site.PmsKey;
import dev.halo.registry.site.Site;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Takes over what a Link announces: its sites, their enablements, and authority where it is the first. */
@ApplicationScoped
public class Announcements {

    private static final String GUID_FOR_ANOTHER = "The Link announces this Halo GUID with another Database ID.";

    private static final Answering UNKNOWN = new Answering(false, 0);
    private static final String ANOTHER_SITE = "another site of the same Link answers";

    private final Commands commands;
    private final Links links;
    private final Authorities authorities;
    private final Enablements enablements;
    private final RegistryConfig config;
    private final AnnouncementRules rules;

    public Announcements(
            Commands commands, Links links, Authorities authorities, Enablements enablements, RegistryConfig config) {
        this.commands = commands;
        this.links = links;
        this.authorities = authorities;
        this.enablements = enablements;
        this.config = config;
        this.rules = new AnnouncementRules(config.environment(), config.sharedDeveloperId());
    }

    /** Fails with 400 for a malformed announcement, 401 for an unknown Link, 403 for one that is not trusted. */
    public Uni<AnnouncementResult> announce(UUID linkId, Announcement announcement) {
        List<AnnouncedSite> sites = AnnouncementFields.checked(announcement);
        return commands.execute("announce", Actor.link(linkId), command -> links.lock(command, linkId)
                .invoke(link -> {
                    if (link == null) {
                        throw ApiException.unauthorized("The Link is not known.");
                    }
                    Links.mustBeActive(link);
                    link.announced(announcement.linkVersion(), command.at());
                })
                .flatMap(link -> known(command, link, sites).flatMap(known -> apply(command, link, sites, known))));
    }

    /**
     * Judges again what a Link announced last, after an operator changed what it may serve; what may be served is so at
     * once.
     *
     * @param link locked; of one that is not trusted nothing changes
     * @param reason why, where another site of the Link answers from now on
     */
    public Uni<Void> judgeAgain(Command command, Link link, String reason) {
        if (link.status() != LinkStatus.ACTIVE) {
            return Uni.createFrom().voidItem();
        }
        return command.session()
                .flush()
                .chain(() -> links.sites(command, link.id()))
                .flatMap(sites -> {
                    Map<UUID, Site> announced = sites.stream()
                            .filter(Site::isAnnounced)
                            .collect(Collectors.toMap(Site::id, Function.identity()));
                    List<AnnouncedSite> as =
                            announced.values().stream().map(Site::asAnnounced).toList();
                    return known(command, link, as).flatMap(known -> {
                        rules.judge(as, known).forEach((siteId, verdict) -> {
                            if (verdict instanceof Verdict.Kept kept) {
                                Site site = announced.get(siteId);
                                keep(command, site, site.asAnnounced(), link, kept, false);
                            }
                        });
                        return command.session()
                                .flush()
                                .chain(() -> authorities.claim(command, link.id(), active(announced.values()), reason))
                                .replaceWithVoid();
                    });
                });
    }

    private static Map<PmsKey, UUID> active(Collection<Site> sites) {
        return sites.stream()
                .filter(site -> site.status() == SiteStatus.ACTIVE)
                .collect(Collectors.toMap(Site::pmsKey, Site::id));
    }

    private Uni<Known> known(Command command, Link link, List<AnnouncedSite> announced) {
        List<UUID> ids = announced.stream().map(AnnouncedSite::siteId).toList();
        List<String> fakeIds = announced.stream()
                .filter(site -> site.licenceKind() == LicenceKind.DEVELOPER)
                .map(AnnouncedSite::databaseId)
                .toList();
        String relevant = """
                from Site where linkId = :link or id in :ids
                    or (licenceKind = :developer and pmsId in :fakeIds and status in (:initialising, :active))
                """;
        return command.session()
                .createSelectionQuery(relevant, Site.class)
                .setParameter("link", link.id())
                .setParameter("ids", ids)
                .setParameter("developer", LicenceKind.DEVELOPER)
                .setParameter("fakeIds", fakeIds)
                .setParameter("initialising", SiteStatus.INITIALISING)
                .setParameter("active", SiteStatus.ACTIVE)
                .getResultList()
                .flatMap(found -> links.entitlements(command, link.id())
                        .map(entitlements -> known(link, new HashSet<>(ids), found, entitlements)));
    }

    private static Known known(Link link, Set<UUID> announced, List<Site> found, Set<PmsKey> entitlements) {
        Map<Boolean, List<Site>> byOwn = found.stream()
                .collect(Collectors.partitioningBy(site -> site.linkId().equals(link.id())));
        Set<UUID> foreign = byOwn.get(false).stream()
                .map(Site::id)
                .filter(announced::contains)
                .collect(Collectors.toSet());
        Set<PmsKey> fakes = byOwn.get(false).stream()
                .filter(site -> site.licenceKind() == LicenceKind.DEVELOPER)
                .map(Site::pmsKey)
                .collect(Collectors.toSet());
        return new Known(
                byOwn.get(true).stream().collect(Collectors.toMap(Site::id, Function.identity())),
                foreign,
                fakes,
                link.anyPmsId(),
                entitlements);
    }

    private Uni<AnnouncementResult> apply(Command command, Link link, List<AnnouncedSite> announced, Known known) {
        return command.versionFloor().flatMap(floor -> apply(command, link, announced, known, floor));
    }

    private Uni<AnnouncementResult> apply(
            Command command, Link link, List<AnnouncedSite> announced, Known known, long versionFloor) {
        Map<UUID, Verdict> verdicts = rules.judge(announced, known);
        Map<UUID, Site> kept = new HashMap<>();
        Map<UUID, Set<UUID>> reported = new HashMap<>();
        Set<Site> created = new HashSet<>();
        // First those that are no longer served: their PMS ID may go to another site of this announcement.
        known.ownSites().values().forEach(site -> missing(command, site, verdicts.get(site.id()), reported));
        for (AnnouncedSite site : announced) {
            if (verdicts.get(site.siteId()) instanceof Verdict.Kept verdict) {
                Site own = known.ownSites().get(site.siteId());
                if (own == null) {
                    own = Site.announcedFirst(link.id(), site, command.at(), versionFloor);
                    created.add(own);
                }
                keep(command, own, site, link, verdict, created.contains(own));
                kept.put(own.id(), own);
                reported.put(own.id(), new HashSet<>(site.enabledIntegrators()));
            }
        }
        return command.session()
                .persistAll(created.toArray())
                .call(() -> command.session().flush())
                .call(() -> enablements.replace(command, reported, versionFloor))
                .chain(() -> authorities.claim(command, link.id(), active(kept.values()), ANOTHER_SITE))
                .map(answering -> new AnnouncementResult(
                        announced.stream()
                                .map(site -> result(
                                        site,
                                        verdicts.get(site.siteId()),
                                        answering.getOrDefault(site.siteId(), UNKNOWN)))
                                .toList(),
                        command.at()));
    }

    private void keep(Command command, Site site, AnnouncedSite as, Link link, Verdict.Kept verdict, boolean created) {
        SiteStatus before = site.status();
        String problemBefore = site.problem();
        boolean changed = site.announce(
                as, link.linkVersion(), verdict.status(), verdict.problem(), command.at(), config.enrichedAtAge());
        if (changed) {
            command.publish(Publication.of(site.toRecord(LinkStatus.ACTIVE)));
        }
        if (created) {
            audit(command, AuditAction.SITE_ANNOUNCED, site);
        } else if (before != site.status() || !Objects.equals(problemBefore, site.problem())) {
            audit(command, AuditAction.SITE_STATUS_CHANGED, site);
        }
    }

    private static void missing(Command command, Site site, Verdict verdict, Map<UUID, Set<UUID>> reported) {
        if (verdict instanceof Verdict.Kept || verdict instanceof Verdict.Gone) {
            return;
        }
        reported.put(site.id(), Set.of());
        if (!site.isGone() && site.missing(verdict == null ? Site.NOT_ANNOUNCED : GUID_FOR_ANOTHER)) {
            command.publish(Publication.of(site.toRecord(LinkStatus.ACTIVE)));
            audit(command, AuditAction.SITE_NO_LONGER_ANNOUNCED, site);
        }
    }

    private static void audit(Command command, AuditAction action, Site site) {
        command.audit(AuditEntry.of(
                action,
                SubjectKind.SITE,
                site.id(),
                site.problem(),
                Map.of(
                        "linkId",
                        site.linkId(),
                        "pmsId",
                        site.pmsKey().pmsId(),
                        "status",
                        site.status().wire())));
    }

    private static SiteResult result(AnnouncedSite site, Verdict verdict, Answering answering) {
        UUID id = site.siteId();
        if (verdict instanceof Verdict.Kept kept) {
            return new SiteResult(
                    id, kept.status(), answering.authoritative(), kept.problem(), false, answering.version());
        }
        if (verdict instanceof Verdict.NewGuidNeeded needed) {
            return new SiteResult(id, SiteStatus.INITIALISING, false, needed.problem(), true);
        }
        if (verdict instanceof Verdict.Gone gone) {
            return new SiteResult(id, gone.status(), false, gone.problem(), false);
        }
        return new SiteResult(id, SiteStatus.INITIALISING, false, ((Verdict.Refused) verdict).problem(), false);
    }
}
