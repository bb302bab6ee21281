package dev.halo.gateway.limits;

import dev.halo.gateway.auth.Caller;
import dev.halo.gateway.config.LimitsConfig;
import dev.halo.gateway.store.Store;
import dev.halo.gateway.view.PmsKey;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Shows integrators what they have used. */
@Path("/integrator/usage")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Usage")
public class UsageResource {

    private final Limits limits;
    private final LimitsConfig config;

    public UsageResource(Limits limits, LimitsConfig config) {
        this.limits = limits;
        this.config = config;
    }

    /** The caller's own. What other gateways have given within the last seconds may be missing. */
    @GET
    @Operation(
            operationId = "getUsage",
            summary = "Show what you have used today",
            description = "Queries and bytes of results by practice, with their quotas where there are any.")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = UsageJson.class)))
    public Uni<UsageJson> usage(@Context ContainerRequestContext request) {
        Caller caller = Caller.of(request);
        QuotaDay day = limits.ledger().today();
        return Uni.createFrom()
                .completionStage(() -> limits.ledger()
                        .report(caller.integratorId())
                        .thenCompose(written -> limits.quotas().used(caller.integratorId(), day.date()))
                        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(Store.unavailable())))
                .map(used -> json(caller, day, used));
    }

    private UsageJson json(Caller caller, QuotaDay day, Map<PmsKey, PgQuotaStore.Use> used) {
        Tier tier = limits.tierOf(caller.tier());
        List<UsageJson.Practice> practices = used.entrySet().stream()
                .map(one -> practice(caller, one.getKey(), one.getValue(), tier))
                .toList();
        return new UsageJson(
                caller.integratorId(),
                day.date(),
                config.zone().getId(),
                day.resetsAt().toInstant(),
                limits.areEnforced() ? rate(tier.perIntegrator()) : null,
                limits.areEnforced() ? rate(tier.perPractice()) : null,
                practices);
    }

    private UsageJson.Practice practice(Caller caller, PmsKey practice, PgQuotaStore.Use use, Tier tier) {
        // What was written down a moment ago is in the store; the rest is only here.
        long[] here = limits.ledger().unreported(caller.integratorId(), practice);
        return new UsageJson.Practice(
                practice.pmsType().bodyName(),
                practice.pmsId(),
                UsageJson.Quota.of(Math.max(0, use.queries() + here[0]), tier.dailyQueries()),
                UsageJson.Quota.of(use.bytes() + here[1], tier.dailyBytes()));
    }

    private static UsageJson.Rate rate(Tier.Rate rate) {
        return new UsageJson.Rate(rate.perSecond(), rate.burst());
    }
}
