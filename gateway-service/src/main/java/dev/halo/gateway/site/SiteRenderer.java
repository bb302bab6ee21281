package dev.halo.gateway.site;

import dev.halo.gateway.view.AuthorityIndex;
import dev.halo.messaging.SessionDirectory;
import dev.halo.protocol.site.Catalogue;
import dev.halo.protocol.site.SiteRecord;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Says of a site what is known of it now. */
public final class SiteRenderer {

    private final AuthorityIndex authority;
    private final SessionDirectory sessions;

    public SiteRenderer(AuthorityIndex authority, SessionDirectory sessions) {
        this.authority = authority;
        this.sessions = sessions;
    }

    /** The authoritative ones first, then the newest first. */
    public SiteJson.Sites render(List<SiteRecord> sites) {
        return new SiteJson.Sites(sites.stream()
                .sorted(Comparator.comparing((SiteRecord site) -> !authority.isAuthoritative(site))
                        .thenComparing(SiteRecord::createdAt, Comparator.reverseOrder())
                        .thenComparing(SiteRecord::siteId))
                .map(this::render)
                .toList());
    }

    public SiteJson render(SiteRecord site) {
        Instant heard = sessions.lastHeard(site.linkId()).orElse(null);
        return new SiteJson(
                site.siteId(),
                site.pmsType().bodyName(),
                sessions.availability(site.linkId()),
                site.status(),
                site.linkVersion(),
                site.enrichedAt(),
                site.catalogues().stream().map(SiteRenderer::catalogue).toList(),
                new SiteJson.PracticeMetadata(
                        site.pmsType().bodyName(), site.practiceName(), site.pmsId(), site.pmsVersion()),
                site.practiceName(),
                site.pmsId(),
                site.pmsType().queryName(),
                site.pmsVersion(),
                site.createdAt(),
                authority.isAuthoritative(site),
                heard,
                heard);
    }

    private static SiteJson.CatalogueJson catalogue(Catalogue catalogue) {
        return new SiteJson.CatalogueJson(catalogue.name(), catalogue.isDefault());
    }
}
