package dev.halo.registry.retirement;

import dev.halo.protocol.site.SiteStatus;
import dev.halo.registry.audit.AuditAction;
import dev.halo.registry.authority.AuthorityCause;

/** How something comes to its end. */
enum Retirement {
    /** An operator took it away. */
    REMOVED(SiteStatus.REMOVED, AuthorityCause.REMOVED, AuditAction.LINK_REMOVED, AuditAction.SITE_REMOVED),
    /** The Link was uninstalled. */
    UNINSTALLED(
            SiteStatus.UNINSTALLED,
            AuthorityCause.UNINSTALLED,
            AuditAction.LINK_UNINSTALLED,
            AuditAction.SITE_UNINSTALLED);

    private final SiteStatus siteStatus;
    private final AuthorityCause cause;
    private final AuditAction ofLink;
    private final AuditAction ofSite;

    Retirement(SiteStatus siteStatus, AuthorityCause cause, AuditAction ofLink, AuditAction ofSite) {
        this.siteStatus = siteStatus;
        this.cause = cause;
        this.ofLink = ofLink;
        this.ofSite = ofSite;
    }

    SiteStatus siteStatus() {
        return siteStatus;
    }

    AuthorityCause cause() {
        return cause;
    }

    AuditAction ofLink() {
        return ofLink;
    }

    AuditAction ofSite() {
        return ofSite;
    }
}
