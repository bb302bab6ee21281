package dev.halo.gateway.limits;

import dev.halo.gateway.view.PmsKey;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Makes ledgers for tests, and asks them. */
final class Ledgers {

    private Ledgers() {}

    static QuotaLedger.Settings config(int slot, double shareWithoutStore, int maxAccounts) {
        return new QuotaLedger.Settings(
                slot, maxAccounts, Duration.ofSeconds(30), Duration.ofSeconds(5), shareWithoutStore);
    }

    static Tier tier(long queries, long bytes) {
        return new Tier(new Tier.Rate(1, 1), new Tier.Rate(1, 1), queries, bytes);
    }

    /** What a ledger says of a query, once it says it. */
    static Grant query(QuotaLedger ledger, UUID integrator, PmsKey practice, Tier tier) {
        return known(ledger.query(integrator, practice, tier));
    }

    static Grant known(Grant grant) {
        return grant instanceof Grant.Later later
                ? later.grant()
                        .toCompletableFuture()
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join()
                : grant;
    }

    /** How many of so many queries are let through and used. */
    static int used(QuotaLedger ledger, UUID integrator, PmsKey practice, Tier tier, int queries) {
        int used = 0;
        for (int i = 0; i < queries; i++) {
            if (query(ledger, integrator, practice, tier) instanceof Grant.Given given) {
                given.ticket().keep();
                used++;
            }
        }
        return used;
    }
}
