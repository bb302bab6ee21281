package dev.halo.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.view.PmsKey;
import dev.halo.protocol.site.PmsType;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What gateways and the store tell each other of quotas, also where an answer is late or never comes. */
class QuotaSettlementTest {

    private static final PmsKey PRACTICE = new PmsKey(PmsType.ZEDMED, "1");

    private final UUID integrator = UUID.randomUUID();
    private final MemoryQuotaStore store = new MemoryQuotaStore();
    private final AtomicLong nanos = new AtomicLong();
    private final QuotaLedger ledger = ledger(0);
    private Runnable meanwhile = () -> {};

    @Test
    void aBurstThatFindsNothingYetIsServedAsFarAsTheQuotaGoes() {
        // Given a quota so small that its blocks are of one query
        Tier tier = Ledgers.tier(60, Tier.NONE);
        store.holds = true;

        // When
        List<Grant> burst = IntStream.range(0, 80)
                .mapToObj(i -> ledger.query(integrator, PRACTICE, tier))
                .toList();
        store.letGo();

        // Then
        List<Grant> known = burst.stream().map(Ledgers::known).toList();
        assertThat(known).filteredOn(Grant.Given.class::isInstance).hasSize(60);
        assertThat(known).filteredOn(Grant.Exhausted.class::isInstance).hasSize(20);
        assertThat(store.asked).isLessThan(6);
    }

    @Test
    void aBurstOfTwoGatewaysIsServedToo() {
        QuotaLedger other = ledger(1);
        Tier tier = Ledgers.tier(100, Tier.NONE);
        store.holds = true;

        List<Grant> burst = IntStream.range(0, 80)
                .mapToObj(i -> (i % 2 == 0 ? ledger : other).query(integrator, PRACTICE, tier))
                .toList();
        store.letGo();

        assertThat(burst.stream().map(Ledgers::known)).allMatch(Grant.Given.class::isInstance);
    }

    @Test
    void whatWasAppliedThoughNobodyHeardOfItCountsOnce() {
        Tier tier = Ledgers.tier(10_000, Tier.NONE);
        gives(ledger, tier, 700);
        Ledgers.used(ledger, integrator, PRACTICE, tier, 12);
        long taken = store.taken();

        // When the answer is lost, and meanwhile more is used
        store.mute = true;
        ledger.write().toCompletableFuture().join();
        assertThat(ledger.isAway()).isTrue();
        Ledgers.used(ledger, integrator, PRACTICE, tier, 5);
        store.mute = false;
        ledger.write().toCompletableFuture().join();
        ledger.write().toCompletableFuture().join();

        assertThat(store.used()).isEqualTo(18);
        assertThat(store.bytes()).isEqualTo(700);
        assertThat(store.taken()).isEqualTo(taken);
    }

    @Test
    void aBlockWhoseGrantWasNotHeardOfIsNotLost() {
        Tier tier = Ledgers.tier(10_000, Tier.NONE);
        store.mute = true;
        // The first one asks for a block, does not hear of it, and is let through on the share without the store.
        assertThat(Ledgers.used(ledger, integrator, PRACTICE, tier, 1)).isEqualTo(1);
        store.mute = false;
        ledger.write().toCompletableFuture().join();

        assertThat(Ledgers.used(ledger, integrator, PRACTICE, tier, 10_500)).isEqualTo(9_999);
    }

    @Test
    void whatIsGivenBackUnheardIsNotUsedAgain() {
        Tier tier = Ledgers.tier(10_000, Tier.NONE);
        Ledgers.used(ledger, integrator, PRACTICE, tier, 1);
        store.mute = true;
        ledger.release().toCompletableFuture().join();
        store.mute = false;

        int used = Ledgers.used(ledger(1), integrator, PRACTICE, tier, 10_500);
        ledger.write().toCompletableFuture().join();
        used += Ledgers.used(ledger, integrator, PRACTICE, tier, 500);

        assertThat(used).isEqualTo(9_999);
    }

    @Test
    void anOrderlyStopReportsAlsoWhatWasUsedDuringASettlement() {
        Tier tier = Ledgers.tier(10_000, Tier.NONE);
        Ledgers.used(ledger, integrator, PRACTICE, tier, 3);
        store.holds = true;
        ledger.write();
        Ledgers.used(ledger, integrator, PRACTICE, tier, 2);
        gives(ledger, tier, 50);

        CompletableFuture<Void> stopped = ledger.release().toCompletableFuture();
        assertThat(stopped).isNotDone();
        store.letGo();

        assertThat(stopped).isCompleted();
        assertThat(store.used()).isEqualTo(6);
        assertThat(store.taken()).isEqualTo(6);
        assertThat(store.bytes()).isEqualTo(50);
    }

    @Test
    void aUsedUpQuotaStaysSoWhileTheStoreIsAway() {
        Tier tier = Ledgers.tier(1_000, Tier.NONE);
        assertThat(Ledgers.used(ledger, integrator, PRACTICE, tier, 1_100)).isEqualTo(1_000);
        store.away = true;
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());

        assertThat(Ledgers.used(ledger, integrator, PRACTICE, tier, 100)).isZero();

        assertThat(ledger.isAway()).isTrue();
        assertThat(Ledgers.query(ledger, integrator, PRACTICE, tier)).isInstanceOf(Grant.Exhausted.class);
    }

    @Test
    void anotherTierHoldsAtOnceAndWhatWasUsedStays() {
        Tier large = Ledgers.tier(10_000, Tier.NONE);
        assertThat(Ledgers.used(ledger, integrator, PRACTICE, large, 500)).isEqualTo(500);

        Tier small = Ledgers.tier(600, Tier.NONE);
        assertThat(Ledgers.used(ledger, integrator, PRACTICE, small, 500)).isBetween(99, 110);
        assertThat(Ledgers.used(ledger, integrator, PRACTICE, large, 500)).isEqualTo(500);
        assertThat(Ledgers.used(ledger, integrator, PRACTICE, Tier.WITHOUT_LIMITS, 500))
                .isEqualTo(500);
        assertThat(Ledgers.used(ledger, integrator, PRACTICE, Ledgers.tier(1_200, Tier.NONE), 1))
                .isZero();
    }

    @Test
    void aCrashCostsASmallQuotaNothing() {
        Tier tier = Ledgers.tier(50, Tier.NONE);
        Ledgers.used(ledger, integrator, PRACTICE, tier, 20);

        assertThat(Ledgers.used(ledger(0), integrator, PRACTICE, tier, 50)).isEqualTo(30);
    }

    @Test
    void aQueryThatIsGivenBackAfterItsAccountHasGoneIsThereAgain() {
        Tier tier = Ledgers.tier(10, Tier.NONE);
        QuotaTicket late = ((Grant.Given) Ledgers.query(ledger, integrator, PRACTICE, tier)).ticket();
        late.keep();
        nanos.addAndGet(Duration.ofSeconds(31).toNanos());
        ledger.write().toCompletableFuture().join();
        ledger.write().toCompletableFuture().join();
        assertThat(ledger.accounts()).isZero();

        late.undo();

        assertThat(Ledgers.used(ledger, integrator, PRACTICE, tier, 20)).isEqualTo(10);
        ledger.release().toCompletableFuture().join();
        assertThat(store.used()).isEqualTo(10);
        assertThat(store.taken()).isEqualTo(10);
    }

    @Test
    void anAccountThatClosesWhileItIsAskedCostsNothing() {
        Tier tier = Ledgers.tier(10_000, Tier.NONE);
        Ledgers.used(ledger, integrator, PRACTICE, tier, 1);
        ledger.release().toCompletableFuture().join();

        // When it closes between any two steps of a query, whichever these are
        int asked = 0;
        for (int moment = 0; moment < 6; moment++) {
            AtomicInteger steps = new AtomicInteger(moment);
            meanwhile = () -> {
                if (steps.getAndDecrement() == 0) {
                    ledger.release();
                    ledger.release();
                }
            };
            asked += Ledgers.used(ledger, integrator, PRACTICE, tier, 1);
            meanwhile = () -> {};
            ledger.release().toCompletableFuture().join();
            ledger.release().toCompletableFuture().join();
            assertThat(ledger.accounts()).isZero();
        }

        assertThat(asked).isEqualTo(6);
        assertThat(store.used()).isEqualTo(7);
        assertThat(store.taken()).isEqualTo(7);
    }

    @Test
    void twoProcessesOfOneSlotCountWhatEachHasSaidOnce() {
        // Given one that was replaced without knowing it
        Tier tier = Ledgers.tier(10_000, Tier.NONE);
        Ledgers.used(ledger, integrator, PRACTICE, tier, 30);
        store.mute = true;
        ledger.write().toCompletableFuture().join();
        store.mute = false;

        // When the other one speaks before the first one says again what nobody has answered
        QuotaLedger successor = ledger(0);
        Ledgers.used(successor, integrator, PRACTICE, tier, 5);
        successor.write().toCompletableFuture().join();
        ledger.release().toCompletableFuture().join();
        successor.release().toCompletableFuture().join();

        // Then
        assertThat(store.used()).isEqualTo(35);
        assertThat(store.taken()).isEqualTo(35);
    }

    @Test
    void aCrashCostsAQuotaOfBytesLittle() {
        Tier tier = Ledgers.tier(Tier.NONE, 100_000);
        for (int i = 0; i < 100; i++) {
            gives(ledger, tier, 150);
        }

        assertThat(store.bytes()).isBetween(14_800L, 15_000L);
    }

    @Test
    void whoOnlyReadsTakesNoQueriesAhead() {
        assertThat(Ledgers.known(ledger.results(integrator, PRACTICE, Ledgers.tier(10_000, 1_000))))
                .isInstanceOf(Grant.Given.class);

        assertThat(store.taken()).isZero();
    }

    @Test
    void restartsAndReplicasOfADayDifferByLessThanOnePercent() {
        // Given three gateways, of which each crashes once and stops once in order
        int quota = 20_000;
        Tier tier = Ledgers.tier(quota, Tier.NONE);
        int used = 0;
        for (int slot = 0; slot < 3; slot++) {
            used += Ledgers.used(ledger(slot), integrator, PRACTICE, tier, 1_000 + slot);
            QuotaLedger restarted = ledger(slot);
            used += Ledgers.used(restarted, integrator, PRACTICE, tier, 1_000);
            restarted.release().toCompletableFuture().join();
        }

        // When they go on until nothing is left
        QuotaLedger[] all = {ledger(0), ledger(1), ledger(2)};
        for (int i = 0; i < 1_000; i++) {
            used += Ledgers.used(all[i % 3], integrator, PRACTICE, tier, 25);
        }

        assertThat(used).isBetween(quota - quota / 100, quota);
    }

    private void gives(QuotaLedger by, Tier tier, long bytes) {
        QuotaTicket ticket = ((Grant.Given) Ledgers.query(by, integrator, PRACTICE, tier)).ticket();
        ticket.keep();
        ticket.gives(bytes);
    }

    private QuotaLedger ledger(int slot) {
        return new QuotaLedger(
                store,
                Ledgers.config(slot, 0.1, 100),
                new QuotaDay.Calendar(
                        QuotaDayTest.clock(new Instant[] {Instant.parse("2026-04-05T10:00:00Z")}),
                        ZoneId.of("Australia/Sydney")),
                () -> {
                    meanwhile.run();
                    return nanos.get();
                });
    }
}
