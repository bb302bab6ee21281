package dev.halo.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.view.PmsKey;
import dev.halo.protocol.site.PmsType;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a query costs whose caller hangs up. */
class QuotaTicketTest {

    private static final PmsKey PRACTICE = new PmsKey(PmsType.ZEDMED, "1");
    private static final Tier TIER = Ledgers.tier(10, Tier.NONE);

    private final UUID integrator = UUID.randomUUID();
    private final MemoryQuotaStore store = new MemoryQuotaStore();
    private final QuotaLedger ledger = new QuotaLedger(
            store,
            Ledgers.config(0, 0.1, 100),
            new QuotaDay.Calendar(
                    QuotaDayTest.clock(new Instant[] {Instant.parse("2026-04-05T10:00:00Z")}),
                    ZoneId.of("Australia/Sydney")),
            System::nanoTime);
    private final QuotaTicket ticket = ((Grant.Given) Ledgers.query(ledger, integrator, PRACTICE, TIER)).ticket();

    @Test
    void whatWasNotBegunIsGivenBackOnce() {
        ticket.close();
        ticket.close();
        ticket.undo();

        assertThat(used()).isZero();
    }

    @Test
    void whatIsBegunAfterTheCallerHasHungUpCounts() {
        ticket.close();

        ticket.keep();
        ticket.close();

        assertThat(used()).isEqualTo(1);
    }

    @Test
    void whatIsBegunThenAndNotAttemptedDoesNot() {
        ticket.close();
        ticket.keep();

        ticket.undo();

        assertThat(used()).isZero();
    }

    @Test
    void aQueryThatIsStoredAfterItsCallerHasHungUpCounts() {
        // Given
        CompletableFuture<String> storing = new CompletableFuture<>();
        AtomicReference<String> told = new AtomicReference<>();
        Cancellable caller = ticket.kept(() -> storing, told::set).subscribe().with(stored -> {}, failure -> {});

        // When
        caller.cancel();
        ticket.close();
        storing.complete("query");

        // Then
        assertThat(used()).isEqualTo(1);
        assertThat(told).hasValue("query");
    }

    @Test
    void aQueryThatCouldNotBeStoredDoesNot() {
        ticket.kept(() -> CompletableFuture.failedFuture(new IllegalStateException("away")), stored -> {})
                .subscribe()
                .with(stored -> {}, failure -> {});

        ticket.close();

        assertThat(used()).isZero();
    }

    private long used() {
        ledger.write().toCompletableFuture().join();
        return store.used();
    }
}
