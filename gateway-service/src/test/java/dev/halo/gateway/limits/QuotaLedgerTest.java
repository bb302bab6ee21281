package dev.halo.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.view.PmsKey;
import dev.halo.protocol.site.PmsType;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuotaLedgerTest {

    private static final PmsKey PRACTICE = new PmsKey(PmsType.ZEDMED, "1");
    private static final PmsKey OTHER_PRACTICE = new PmsKey(PmsType.ZEDMED, "2");
    private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");

    private final UUID integrator = UUID.randomUUID();
    private final MemoryQuotaStore store = new MemoryQuotaStore();
    private final AtomicLong nanos = new AtomicLong();
    private final Instant[] now = {Instant.parse("2026-04-05T10:00:00Z")};
    private final QuotaLedger ledger = ledger(0, 0.1, 100);

    @Test
    void theStoreIsNotAskedForEachQuery() {
        Tier tier = Ledgers.tier(100_000, Tier.NONE);

        assertThat(Ledgers.used(ledger, integrator, PRACTICE, tier, 10_000)).isEqualTo(10_000);

        assertThat(store.asked).isLessThan(200);
    }

    @Test
    void theQuotaIsExactAndSaysWhenItResets() {
        Tier tier = Ledgers.tier(1_000, Tier.NONE);

        assertThat(Ledgers.used(ledger, integrator, PRACTICE, tier, 1_200)).isEqualTo(1_000);

        assertThat(Ledgers.query(ledger, integrator, PRACTICE, tier))
                .isInstanceOfSatisfying(Grant.Exhausted.class, exhausted -> {
                    assertThat(exhausted.what()).isEqualTo(Grant.What.QUERIES);
                    assertThat(exhausted.limit()).isEqualTo(1_000);
                    assertThat(exhausted.day().resetsAt().toInstant()).isEqualTo(Instant.parse("2026-04-05T14:00:00Z"));
                });
        assertThat(Ledgers.query(ledger, integrator, OTHER_PRACTICE, tier)).isInstanceOf(Grant.Given.class);
        assertThat(Ledgers.query(ledger, UUID.randomUUID(), PRACTICE, tier)).isInstanceOf(Grant.Given.class);
    }

    @Test
    void atMidnightItBeginsAnew() {
        Tier tier = Ledgers.tier(10, Tier.NONE);
        assertThat(Ledgers.used(ledger, integrator, PRACTICE, tier, 20)).isEqualTo(10);

        now[0] = Instant.parse("2026-04-05T13:59:59.999Z");
        assertThat(Ledgers.used(ledger, integrator, PRACTICE, tier, 20)).isZero();
        now[0] = Instant.parse("2026-04-05T14:00:00Z");

        assertThat(Ledgers.used(ledger, integrator, PRACTICE, tier, 20)).isEqualTo(10);
        ledger.write().toCompletableFuture().join();
        ledger.write().toCompletableFuture().join();
        assertThat(ledger.accounts()).isEqualTo(1);
    }

    @Test
    void twoGatewaysShareOneQuota() {
        QuotaLedger other = ledger(1, 0.1, 100);
        Tier tier = Ledgers.tier(10_000, Tier.NONE);
        int used = 0;

        for (int i = 0; i < 30; i++) {
            used += Ledgers.used(ledger, integrator, PRACTICE, tier, 300);
            used += Ledgers.used(other, integrator, PRACTICE, tier, 100);
        }

        assertThat(used).isBetween(9_900, 10_000);
    }

    @Test
    void whatAGatewayGivesBackAnotherOneMayUse() {
        QuotaLedger other = ledger(1, 0.1, 100);
        Tier tier = Ledgers.tier(10_000, Tier.NONE);
        Ledgers.used(ledger, integrator, PRACTICE, tier, 1);

        ledger.release().toCompletableFuture().join();

        assertThat(store.taken()).isEqualTo(1);
        assertThat(Ledgers.used(other, integrator, PRACTICE, tier, 11_000)).isEqualTo(9_999);
        other.write().toCompletableFuture().join();
        assertThat(store.used()).isEqualTo(10_000);
    }

    @Test
    void aGatewayThatCrashesCostsLessThanOnePercent() {
        Tier tier = Ledgers.tier(10_000, Tier.NONE);
        Ledgers.used(ledger, integrator, PRACTICE, tier, 5_000);

        QuotaLedger restarted = ledger(0, 0.1, 100);

        assertThat(Ledgers.used(restarted, integrator, PRACTICE, tier, 10_000)).isBetween(4_900, 5_000);
    }

    @Test
    void whatWasNotAttemptedDoesNotCount() {
        Tier tier = Ledgers.tier(3, Tier.NONE);
        QuotaTicket refused = ((Grant.Given) Ledgers.query(ledger, integrator, PRACTICE, tier)).ticket();
        QuotaTicket notReached = ((Grant.Given) Ledgers.query(ledger, integrator, PRACTICE, tier)).ticket();

        refused.close();
        notReached.keep();
        notReached.undo();
        notReached.close();

        assertThat(Ledgers.used(ledger, integrator, PRACTICE, tier, 10)).isEqualTo(3);
    }

    @Test
    void bytesOfAllGatewaysCount() {
        QuotaLedger other = ledger(1, 0.1, 100);
        Tier tier = Ledgers.tier(Tier.NONE, 1_000);
        gives(ledger, tier, 600);
        ledger.write().toCompletableFuture().join();
        gives(other, tier, 500);
        other.write().toCompletableFuture().join();

        assertThat(Ledgers.known(other.results(integrator, PRACTICE, tier)))
                .isInstanceOfSatisfying(Grant.Exhausted.class, exhausted -> assertThat(exhausted.what())
                        .isEqualTo(Grant.What.BYTES));
        assertThat(Ledgers.query(other, integrator, PRACTICE, tier)).isInstanceOf(Grant.Exhausted.class);
        assertThat(Ledgers.known(other.results(integrator, OTHER_PRACTICE, tier)))
                .isInstanceOf(Grant.Given.class);
    }

    @Test
    void whileTheStoreIsAwayAPartOfTheQuotaIsLetThroughAndOwed() {
        Tier tier = Ledgers.tier(1_000, Tier.NONE);
        store.away = true;

        assertThat(Ledgers.used(ledger, integrator, PRACTICE, tier, 500)).isEqualTo(100);
        assertThat(Ledgers.query(ledger, integrator, PRACTICE, tier)).isInstanceOf(Grant.Unknown.class);
        assertThat(ledger.isAway()).isTrue();

        store.away = false;
        ledger.write().toCompletableFuture().join();
        assertThat(Ledgers.used(ledger, integrator, PRACTICE, tier, 2_000)).isEqualTo(900);
    }

    @Test
    void withoutAShareNothingIsLetThroughUntilTheStoreIsBack() {
        QuotaLedger strict = ledger(0, 0, 100);
        Tier tier = Ledgers.tier(1_000, 1_000);
        store.away = true;
        assertThat(Ledgers.used(strict, integrator, PRACTICE, tier, 10)).isLessThanOrEqualTo(1);

        store.away = false;
        strict.write().toCompletableFuture().join();

        assertThat(Ledgers.query(strict, integrator, PRACTICE, tier)).isInstanceOf(Grant.Given.class);
    }

    @Test
    void withoutQuotasAllIsCountedAndTheStoreIsNeverWaitedFor() {
        store.away = true;

        assertThat(ledger.query(integrator, PRACTICE, Tier.WITHOUT_LIMITS)).isInstanceOf(Grant.Given.class);
        Ledgers.used(ledger, integrator, PRACTICE, Tier.WITHOUT_LIMITS, 9);

        ledger.write().toCompletableFuture().join();
        store.away = false;
        ledger.write().toCompletableFuture().join();
        assertThat(store.used()).isEqualTo(10);
    }

    @Test
    void accountsAreBoundedAndIdleOnesGo() {
        QuotaLedger small = ledger(0, 0.1, 1);
        Tier tier = Ledgers.tier(1_000, Tier.NONE);
        Ledgers.used(small, integrator, PRACTICE, tier, 1);
        assertThat(Ledgers.query(small, integrator, OTHER_PRACTICE, tier)).isInstanceOf(Grant.Unknown.class);
        assertThat(small.notCounted()).isEqualTo(1);

        nanos.addAndGet(Duration.ofSeconds(31).toNanos());
        small.write().toCompletableFuture().join();
        small.write().toCompletableFuture().join();

        assertThat(Ledgers.query(small, integrator, OTHER_PRACTICE, tier)).isInstanceOf(Grant.Given.class);
    }

    private void gives(QuotaLedger by, Tier tier, long bytes) {
        ((Grant.Given) Ledgers.query(by, integrator, PRACTICE, tier)).ticket().gives(bytes);
    }

    private QuotaLedger ledger(int slot, double shareWithoutStore, int maxAccounts) {
        return new QuotaLedger(
                store,
                Ledgers.config(slot, shareWithoutStore, maxAccounts),
                new QuotaDay.Calendar(QuotaDayTest.clock(now), SYDNEY),
                nanos::get);
    }
}
