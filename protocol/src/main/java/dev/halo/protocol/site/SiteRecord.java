package dev.halo.protocol.site;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * What the registry publishes about a site on {@code halo.sites}, keyed by its Halo GUID.
 *
 * @param siteId the Halo GUID
 * @param linkId the Link GUID it belongs to, for ever
 * @param linkStatus of that Link; a session of a Link that is not active is closed
 * @param pmsId the Zedmed Database ID, or the fake one of a developer licence
 * @param practiceName the value last read from the database: the guard against a mistyped PMS ID
 * @param catalogues the databases of the pair; null in a message means none
 * @param problem why it is not active, or that its Link no longer announces it, in words for an operator; null when
 *     all is well
 * @param version grows with each change; the highest wins
 */
public record SiteRecord(
        UUID siteId,
        UUID linkId,
        LinkStatus linkStatus,
        PmsType pmsType,
        String pmsId,
        String practiceName,
        String pmsVersion,
        String linkVersion,
        List<Catalogue> catalogues,
        LicenceKind licenceKind,
        SiteStatus status,
        String problem,
        Instant createdAt,
        Instant enrichedAt,
        long version) {

    public SiteRecord {
        Objects.requireNonNull(siteId, "siteId");
        Objects.requireNonNull(linkId, "linkId");
        Objects.requireNonNull(linkStatus, "linkStatus");
        Objects.requireNonNull(pmsType, "pmsType");
        Objects.requireNonNull(pmsId, "pmsId");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(createdAt, "createdAt");
        catalogues = catalogues == null ? List.of() : List.copyOf(catalogues);
    }

    public Optional<Catalogue> defaultCatalogue() {
        return catalogues.stream().filter(Catalogue::isDefault).findFirst();
    }

    /** Whether integrators may see it. */
    @JsonIgnore
    public boolean isVisible() {
        return status == SiteStatus.ACTIVE;
    }
}
