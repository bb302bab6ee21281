package dev.halo.gateway.site;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.halo.protocol.site.Availability;
import dev.halo.protocol.site.SiteStatus;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A site as integrators see it; fields that are not known are left out. */
@Schema(name = "SiteForIntegrator", description = "One PMS database that can be addressed, under its Halo GUID.")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SiteJson(
        @Schema(description = "The Halo GUID.") UUID id,

        @Schema(enumeration = {"BestPractice", "Zedmed", "D4w"})
        String pmsType,

        @Schema(
                type = SchemaType.STRING,
                enumeration = {"online", "offline", "unreachable"},
                description = "offline: stopped in order. unreachable: silent for two minutes.")
        Availability availability,

        @Schema(
                type = SchemaType.STRING,
                enumeration = {"initialising", "active", "removed", "uninstalled"})
        SiteStatus status,

        @Schema(description = "The version of the agent at the practice.")
        String haloLinkVersion,

        @Schema(description = "When the practice's details were last read from its database.")
        Instant enrichedAt,

        @Schema(description = "The databases that a query can name.")
        List<CatalogueJson> catalogue,

        PracticeMetadata practiceMetadata,
        @Schema(deprecated = true) String name,
        @Schema(deprecated = true) String practiceManagementSiteId,

        @Schema(
                deprecated = true,
                enumeration = {"Best Practice", "Zedmed", "D4w"})
        String practiceManagementName,

        @Schema(deprecated = true) String practiceManagementVersion,
        @Schema(deprecated = true) Instant createdAt,

        @Schema(
                deprecated = true,
                description = "Whether this is the site that answers for its practice; only that one takes queries.")
        boolean authoritative,

        @Schema(deprecated = true) Instant clientTimestampUTC,

        @Schema(deprecated = true, description = "When the agent was last heard.")
        Instant heartbeatTimestampUTC) {

    /** @param isDefault the one that is used where a query names none */
    @Schema(name = "SiteCatalogue")
    public record CatalogueJson(String name, boolean isDefault) {}

    /** What the PMS says of the practice. */
    @Schema(name = "PracticeMetadata")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PracticeMetadata(
            @Schema(enumeration = {"BestPractice", "Zedmed", "D4w"})
            String pmsType,

            @Schema(description = "As last read from the database: compare it, a site id is easily mistyped.")
            String practiceName,

            @Schema(description = "The id that the PMS gives the practice; for Zedmed the Database ID.")
            String practiceManagementSiteId,

            String practiceManagementVersion) {}

    /** The answer of the exchange. */
    @Schema(name = "Sites")
    public record Sites(List<SiteJson> sites) {}
}
