package dev.halo.gateway.access;

import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.error.Refusal;
import dev.halo.gateway.view.AuthorityIndex;
import dev.halo.gateway.view.IntegratorIndex;
import dev.halo.gateway.view.SiteIndex;
import dev.halo.protocol.site.Catalogue;
import dev.halo.protocol.site.SiteRecord;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The checks 6 to 9 of the integrator API, in its order, from memory. Each throws the {@link Refusal} that is to be
 * answered; what could be out of date is for the caller to repeat
 * ({@link dev.halo.gateway.view.Freshness#checked}).
 */
public final class SiteChecks {

    private final SiteIndex sites;
    private final AuthorityIndex authority;
    private final IntegratorIndex integrators;

    public SiteChecks(SiteIndex sites, AuthorityIndex authority, IntegratorIndex integrators) {
        this.sites = sites;
        this.authority = authority;
        this.integrators = integrators;
    }

    /** Check 6: the site exists. */
    public SiteRecord exists(UUID siteId) {
        return sites.visible(siteId)
                .orElseThrow(() -> Refusal.notFound("There is no site with the Halo GUID " + siteId + "."));
    }

    /**
     * What a query that outlives its request was allowed by.
     *
     * @param enabledSince when the practice had enabled the integrator; null where the registry does not say
     */
    public record Allowed(SiteRecord site, Instant enabledSince) {}

    /** As {@link #mayQuery}, for a query that outlives its request. */
    public Allowed mayLeave(Caller caller, UUID siteId, String catalogue) {
        // Before the checks: what is disabled and enabled again meanwhile then counts as asked before.
        Instant enabledSince = integrators.enabledSince(caller.integratorId(), siteId);
        return new Allowed(mayQuery(caller, siteId, catalogue), enabledSince);
    }

    /** Checks 6 to 9, and that the site has the catalogue: the integrator may run a query there. */
    public SiteRecord mayQuery(Caller caller, UUID siteId, String catalogue) {
        SiteRecord site = exists(siteId);
        authoritative(site);
        paired(caller, site);
        enabled(caller, site);
        hasCatalogue(site, catalogue);
        return site;
    }

    /** Checks 6, 8 and 9: the integrator may see what it has queried there. */
    public SiteRecord mayRead(Caller caller, UUID siteId) {
        SiteRecord site = exists(siteId);
        paired(caller, site);
        enabled(caller, site);
        return site;
    }

    /** Check 9 alone, which pairing needs. */
    public void enabled(Caller caller, SiteRecord site) {
        if (!integrators.isEnabled(caller.integratorId(), site.siteId())) {
            throw notEnabled();
        }
    }

    private void authoritative(SiteRecord site) {
        if (!authority.isAuthoritative(site)) {
            throw superseded();
        }
    }

    /** The answer of check 9, also where the Link knows it sooner than the gateway. */
    public static Refusal notEnabled() {
        return Refusal.forbidden(
                "The practice has not enabled this integrator: it must do so in Zedmed before its data can be reached.");
    }

    /** The answer of check 7, also where the Link knows it sooner than the gateway. */
    public static Refusal superseded() {
        return Refusal.forbidden(
                "This Halo GUID is superseded: another site answers for the practice now. Get the sites"
                        + " of its practice management site id again and use the authoritative one.");
    }

    private void paired(Caller caller, SiteRecord site) {
        if (!integrators.isPaired(caller.integratorId(), site.siteId())) {
            throw Refusal.forbidden("This integrator is not paired with the site: pair with its practice first.");
        }
    }

    private static void hasCatalogue(SiteRecord site, String catalogue) {
        if (catalogue != null
                && site.catalogues().stream().noneMatch(one -> one.name().equals(catalogue))) {
            throw Refusal.invalid("catalogue names none of the site's databases: it must be one of "
                    + site.catalogues().stream().map(Catalogue::name).collect(Collectors.joining(", ")) + ".");
        }
    }
}
