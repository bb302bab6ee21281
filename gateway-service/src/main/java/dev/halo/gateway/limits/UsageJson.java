package dev.halo.gateway.limits;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What an integrator has used today. Where there are no limits, quotas and rates are left out. */
@Schema(name = "Usage", description = "What the caller has used today, and how much it may use.")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record UsageJson(
        UUID integratorId,

        @Schema(description = "The day, in the zone whose midnight resets quotas.")
        LocalDate day,

        String timeZone,
        @Schema(description = "When quotas begin anew.") Instant resetsAt,

        @Schema(description = "Requests per second of all gateways together.")
        Rate rateLimit,

        @Schema(description = "Of these the ones that concern one practice.")
        Rate practiceRateLimit,

        List<Practice> practices) {

    /** A rate limit. */
    @Schema(name = "UsageRate")
    public record Rate(int requestsPerSecond, int burst) {}

    /** What was used of one practice. */
    @Schema(name = "UsageOfPractice")
    public record Practice(String pmsType, String practiceManagementSiteId, Quota queries, Quota resultBytes) {}

    /** A count, with its quota where there is one. */
    @Schema(name = "UsageQuota")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Quota(long used, Long quota, Long remaining) {
        static Quota of(long used, long limit) {
            return limit == Tier.NONE ? new Quota(used, null, null) : new Quota(used, limit, Math.max(0, limit - used));
        }
    }
}
