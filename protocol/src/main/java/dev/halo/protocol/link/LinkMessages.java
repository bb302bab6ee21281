package dev.halo.protocol.link;

import dev.halo.protocol.site.Catalogue;
import dev.halo.protocol.site.Environment;
import dev.halo.protocol.site.LicenceKind;
import dev.halo.protocol.site.PmsType;
import dev.halo.protocol.site.SiteStatus;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** The bodies of {@link LinkApi}. Those that hold secrets do not show them in {@code toString}. */
public final class LinkMessages {

    private LinkMessages() {}

    /**
     * @param enrolmentToken one-time, from an operator
     * @param environment what the Link was installed as
     */
    public record EnrolRequest(String enrolmentToken, Environment environment, String linkVersion, String hostName) {
        @Override
        public String toString() {
            return "EnrolRequest[" + environment + "]";
        }
    }

    /** @param secret for the next {@link TokenRequest} */
    public record EnrolResponse(UUID linkId, String secret, String token, Instant tokenExpiresAt, Instant serverTime) {
        @Override
        public String toString() {
            return "EnrolResponse[" + linkId + "]";
        }
    }

    /**
     * @param secret the one last given out; a retired one suspends the Link
     */
    public record TokenRequest(UUID linkId, String secret, Environment environment) {
        @Override
        public String toString() {
            return "TokenRequest[" + linkId + "]";
        }
    }

    /**
     * @param secret the next one. The one that was sent stays valid until this one is used, so that an answer lost on
     *     the way does not lock the Link out
     */
    public record TokenResponse(String token, Instant tokenExpiresAt, String secret, Instant serverTime) {
        @Override
        public String toString() {
            return "TokenResponse[" + tokenExpiresAt + "]";
        }
    }

    /** All sites of the Link as it sees them now; one that is missing from it is no longer served by the Link. */
    public record Announcement(String linkVersion, List<AnnouncedSite> sites) {
        public Announcement {
            sites = sites == null ? List.of() : List.copyOf(sites);
        }
    }

    /** Bound of {@link Announcement#sites}. */
    public static final int MAX_SITES = 500;

    /**
     * @param siteId the Halo GUID, made by the Link
     * @param databaseId the Zedmed Database ID that was read; of a developer licence the fake one
     * @param enabledIntegrators those that the practice has enabled
     */
    public record AnnouncedSite(
            UUID siteId,
            PmsType pmsType,
            String databaseId,
            String practiceName,
            String pmsVersion,
            LicenceKind licenceKind,
            List<Catalogue> catalogues,
            List<UUID> enabledIntegrators) {
        public AnnouncedSite {
            Objects.requireNonNull(siteId, "siteId");
            catalogues = catalogues == null ? List.of() : List.copyOf(catalogues);
            enabledIntegrators = enabledIntegrators == null ? List.of() : List.copyOf(enabledIntegrators);
        }
    }

    /** One entry for each announced site, in the order announced. */
    public record AnnouncementResult(List<SiteResult> sites, Instant serverTime) {
        public AnnouncementResult {
            sites = sites == null ? List.of() : List.copyOf(sites);
        }
    }

    /**
     * @param problem why it is not active, in words; null when it is
     * @param newGuidNeeded the Halo GUID or the fake Database ID belongs to another Link: make a new GUID and announce
     *     again
     * @param authorityVersion of the authority record that was looked at; 0 where it is not told
     */
    public record SiteResult(
            UUID siteId,
            SiteStatus status,
            boolean authoritative,
            String problem,
            boolean newGuidNeeded,
            long authorityVersion) {

        public SiteResult(
                UUID siteId, SiteStatus status, boolean authoritative, String problem, boolean newGuidNeeded) {
            this(siteId, status, authoritative, problem, newGuidNeeded, 0);
        }
    }
}
