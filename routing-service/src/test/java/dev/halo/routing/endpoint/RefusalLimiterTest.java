package dev.halo.routing.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RefusalLimiterTest {

    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final RefusalLimiter limiter = new RefusalLimiter(2, MINUTE, 2);

    @Test
    void anAddressIsAnsweredInFullUpToTheLimit() {
        // Given
        limiter.refused("a", 0);
        limiter.refused("a", 0);

        // When
        long third = limiter.refused("a", MINUTE / 2);

        // Then
        assertThat(third).isEqualTo(30);
        assertThat(limiter.refused("b", 0)).isZero();
    }

    @Test
    void aNewWindowStartsAfterTheOldOne() {
        // Given
        limiter.refused("a", 0);
        limiter.refused("a", 0);

        // When
        long later = limiter.refused("a", MINUTE);

        // Then
        assertThat(later).isZero();
    }

    @Test
    void onlySoManyAddressesAreRemembered() {
        // Given
        limiter.refused("a", 0);
        limiter.refused("a", 0);
        limiter.refused("b", 0);
        limiter.refused("c", 0);

        // When
        long forgotten = limiter.refused("a", 0);

        // Then
        assertThat(forgotten).isZero();
    }
}
