package dev.halo.registry.site;

import dev.halo.protocol.link.LinkMessages.AnnouncedSite;
import dev.halo.protocol.site.Catalogue;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.LinkStatus;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteRecord;
import dev.halo.protocol.site.SiteStatus;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * One PMS database (pair) of a Link. It keeps its Link and its PMS ID for ever. {@link #version()} grows with each
 * change that is published.
 */
@Entity
@Table(name = "site")
public class Site {

    /** The problem of a site that its Link does not announce any more. */
    public static final String NOT_ANNOUNCED = "The Link no longer announces this database.";

    @Id
    @Column(name = "site_id")
    private UUID id;

    @Column(name = "link_id")
    private UUID linkId;

    @Column(name = "pms_type")
    @Enumerated(EnumType.STRING)
    private PmsType pmsType;

    @Column(name = "pms_id")
    private String pmsId;

    @Column(name = "practice_name")
    private String practiceName;

    @Column(name = "pms_version")
    private String pmsVersion;

    @Column(name = "link_version")
    private String linkVersion;

    @Convert(converter = CataloguesConverter.class)
    private List<Catalogue> catalogues;

    @Column(name = "licence_kind")
    @Enumerated(EnumType.STRING)
    private LicenceKind licenceKind;

    @Enumerated(EnumType.STRING)
    private SiteStatus status;

    private String problem;

    private boolean announced;

    @Column(name = "created_at")
    private Instant createdAt;

    @Column(name = "activated_at")
    private Instant activatedAt;

    @Column(name = "enriched_at")
    private Instant enrichedAt;

    private long version;

    protected Site() {}

    /**
     * A site that is announced for the first time, before it is decided whether it is served.
     *
     * @param versionFloor its versions begin above this
     */
    public static Site announcedFirst(UUID linkId, AnnouncedSite as, Instant at, long versionFloor) {
        Site site = new Site();
        site.id = as.siteId();
        site.linkId = linkId;
        site.pmsType = as.pmsType();
        site.pmsId = as.databaseId();
        site.catalogues = List.of();
        site.licenceKind = LicenceKind.UNKNOWN;
        site.status = SiteStatus.INITIALISING;
        site.createdAt = at;
        site.enrichedAt = at;
        site.version = versionFloor;
        return site;
    }

    /** The problem of a site whose Link may not serve its PMS ID. */
    public static String notEntitled(String pmsId) {
        return "The Link's enrolment does not name the Database ID " + pmsId + "; an operator must approve it.";
    }

    public UUID id() {
        return id;
    }

    public UUID linkId() {
        return linkId;
    }

    public PmsKey pmsKey() {
        return new PmsKey(pmsType, pmsId);
    }

    public SiteStatus status() {
        return status;
    }

    public String problem() {
        return problem;
    }

    /** As last read from the database; null before. */
    public String practiceName() {
        return practiceName;
    }

    /** When it was first announced. */
    public Instant createdAt() {
        return createdAt;
    }

    /** Whether an operator took it away or its Link was uninstalled; that stays. */
    public boolean isGone() {
        return status == SiteStatus.REMOVED || status == SiteStatus.UNINSTALLED;
    }

    /** Whether its Link serves it and integrators may see it. */
    public boolean isServed() {
        return status == SiteStatus.ACTIVE && announced;
    }

    public LicenceKind licenceKind() {
        return licenceKind;
    }

    /** Whether the Link's last announcement had it. */
    public boolean isAnnounced() {
        return announced;
    }

    /** Whether it was active at some time, which makes it the known one of two with the same PMS ID. */
    public boolean wasActivated() {
        return activatedAt != null;
    }

    public long version() {
        return version;
    }

    /**
     * Takes over what the Link read; what it could not read stays as it was.
     *
     * @param enrichedAtAge how old {@code enrichedAt} may get while nothing changes
     * @return whether anything changed that is published
     */
    public boolean announce(
            AnnouncedSite as,
            String byLinkVersion,
            SiteStatus newStatus,
            String newProblem,
            Instant at,
            Duration enrichedAtAge) {
        String newName = as.practiceName() == null ? practiceName : as.practiceName();
        String newPmsVersion = as.pmsVersion() == null ? pmsVersion : as.pmsVersion();
        List<Catalogue> newCatalogues = as.catalogues().isEmpty() ? catalogues : as.catalogues();
        LicenceKind newKind = as.licenceKind() == LicenceKind.UNKNOWN ? licenceKind : as.licenceKind();
        boolean same = announced
                && Objects.equals(practiceName, newName)
                && Objects.equals(pmsVersion, newPmsVersion)
                && Objects.equals(linkVersion, byLinkVersion)
                && catalogues.equals(newCatalogues)
                && licenceKind == newKind
                && status == newStatus
                && Objects.equals(problem, newProblem);
        if (same && enrichedAt.plus(enrichedAtAge).isAfter(at)) {
            return false;
        }
        announced = true;
        practiceName = newName;
        pmsVersion = newPmsVersion;
        linkVersion = byLinkVersion;
        catalogues = newCatalogues;
        licenceKind = newKind;
        status = newStatus;
        problem = newProblem;
        enrichedAt = at;
        if (newStatus == SiteStatus.ACTIVE && activatedAt == null) {
            activatedAt = at;
        }
        version++;
        return true;
    }

    /**
     * The Link's announcement lacks it, or holds it with another PMS ID.
     *
     * @return whether anything changed that is published
     */
    public boolean missing(String reason) {
        if (!announced && Objects.equals(problem, reason)) {
            return false;
        }
        announced = false;
        problem = reason;
        version++;
        return true;
    }

    /** The operator chose another one of the Link's databases with this PMS ID: this is not the known one any more. */
    public void setAside(String reason) {
        status = SiteStatus.INITIALISING;
        problem = reason;
        activatedAt = null;
        version++;
    }

    /** Its Link may no longer serve its PMS ID. */
    public void suspend() {
        status = SiteStatus.INITIALISING;
        problem = notEntitled(pmsId);
        version++;
    }

    /** The operator chose it from the Link's databases with this PMS ID: it is the known one from now on. */
    public void choose(Instant at) {
        activatedAt = at;
    }

    /**
     * It is not used any more, for ever.
     *
     * @param to {@link SiteStatus#REMOVED} or {@link SiteStatus#UNINSTALLED}
     */
    public void retire(SiteStatus to, String reason) {
        status = to;
        problem = reason;
        version++;
    }

    /** What its Link announced last, without the enablements. */
    public AnnouncedSite asAnnounced() {
        return new AnnouncedSite(id, pmsType, pmsId, practiceName, pmsVersion, licenceKind, catalogues, List.of());
    }

    /** Something that is published with it has changed elsewhere, such as the status of its Link. */
    public void touch() {
        version++;
    }

    /** What is published. */
    public SiteRecord toRecord(LinkStatus linkStatus) {
        return new SiteRecord(
                id,
                linkId,
                linkStatus,
                pmsType,
                pmsId,
                practiceName,
                pmsVersion,
                linkVersion,
                catalogues,
                licenceKind,
                status,
                problem,
                createdAt,
                enrichedAt,
                version);
    }
}
