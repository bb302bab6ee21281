package dev.halo.link.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LinkClockTest {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    private final LinkClock clock = new LinkClock(() -> NOW, Duration.ofSeconds(60));

    @Test
    void correctsAClockThatIsWrongByAnHour() {
        // When
        clock.measure(NOW.minus(Duration.ofHours(1)), Duration.ZERO);

        // Then
        assertThat(clock.isWrong()).isTrue();
        assertThat(clock.offsetMillis()).isEqualTo(3_600_000);
        assertThat(clock.instant()).isEqualTo(NOW.minus(Duration.ofHours(1)));
        assertThat(clock.machineTime()).isEqualTo(NOW);
    }

    @Test
    void allowsForTheWayOfTheAnswer() {
        // When
        clock.measure(NOW.minusMillis(500), Duration.ofSeconds(1));

        // Then
        assertThat(clock.offsetMillis()).isZero();
        assertThat(clock.isWrong()).isFalse();
    }

    @Test
    void isRightUntilItWasMeasured() {
        // Then
        assertThat(clock.isMeasured()).isFalse();
        assertThat(clock.instant()).isEqualTo(NOW);
    }

    @Test
    void backsOffWithABoundThatDoubles() {
        // Given
        BackOff backOff = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(1));

        // When, Then
        for (int bound : new int[] {100, 200, 400, 800, 1000, 1000}) {
            assertThat(backOff.bound()).isEqualTo(Duration.ofMillis(bound));
            assertThat(backOff.next()).isPositive().isLessThanOrEqualTo(Duration.ofMillis(bound));
        }
        backOff.reset();
        assertThat(backOff.bound()).isEqualTo(Duration.ofMillis(100));
    }
}
