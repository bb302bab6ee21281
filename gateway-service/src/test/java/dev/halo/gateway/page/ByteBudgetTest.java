package dev.halo.gateway.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final ByteBudget budget = new ByteBudget(100);

    @Test
    void givesWhatIsThere() {
        ByteBudget.Lease lease = budget.tryAcquire(60).orElseThrow();

        assertThat(budget.tryAcquire(60)).isEmpty();

        lease.close();
        lease.close();
        assertThat(budget.free()).isEqualTo(100);
    }

    @Test
    void whoWaitsIsServedInTurn() {
        ByteBudget.Lease first = budget.tryAcquire(100).orElseThrow();
        CompletableFuture<ByteBudget.Lease> large = budget.acquire(80, LONG).toCompletableFuture();
        CompletableFuture<ByteBudget.Lease> small = budget.acquire(30, LONG).toCompletableFuture();

        first.close();

        assertThat(large).isCompleted();
        assertThat(small).isNotDone();
        assertThat(budget.tryAcquire(1)).isEmpty();
        large.join().close();
        assertThat(small).isCompleted();
    }

    @Test
    void whoAsksForTooMuchGetsAll() {
        assertThat(budget.acquire(1_000, LONG).toCompletableFuture()).isCompleted();
        assertThat(budget.free()).isZero();
    }

    @Test
    void whoGivesUpHoldsNobodyUp() {
        ByteBudget.Lease first = budget.tryAcquire(50).orElseThrow();
        CompletableFuture<ByteBudget.Lease> impatient =
                budget.acquire(80, Duration.ofMillis(1)).toCompletableFuture();
        CompletableFuture<ByteBudget.Lease> next = budget.acquire(50, LONG).toCompletableFuture();

        assertThat(impatient).failsWithin(Duration.ofSeconds(10));

        assertThat(next).succeedsWithin(Duration.ofSeconds(10));
        first.close();
        assertThat(budget.free()).isEqualTo(50);
    }
}
