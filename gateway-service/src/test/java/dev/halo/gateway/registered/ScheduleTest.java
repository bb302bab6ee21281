package dev.halo.gateway.registered;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {

    private static final Instant CREATED = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void theFirstRunIsDueAtOnce() {
        Schedule schedule = Schedule.first(CREATED, Duration.ofMinutes(10), CREATED);

        assertThat(schedule.firstRun()).isZero();
        assertThat(schedule.remaining()).isEqualTo(Duration.ofMinutes(10));
        assertThat(schedule.grid()).isEqualTo(CREATED);
    }

    @Test
    void theWayToTheLinkDoesNotCostTheRunOnTheBoundary() {
        Schedule schedule = Schedule.first(CREATED, Duration.ofMinutes(10), CREATED.plusSeconds(60));

        assertThat(schedule.remaining()).isEqualTo(Duration.ofMinutes(10));
        assertThat(schedule.endsAt()).isEqualTo(CREATED.plusSeconds(660));
    }

    @Test
    void aSiteThatWasAwayForLongerHasWhatIsLeft() {
        Schedule schedule = Schedule.first(CREATED, Duration.ofMinutes(10), CREATED.plusSeconds(61));

        assertThat(schedule.firstRun()).isZero();
        assertThat(schedule.remaining()).isEqualTo(Duration.ofSeconds(539));
        assertThat(schedule.endsAt()).isEqualTo(CREATED.plusSeconds(600));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 600", "1, 59, 599", "59, 1, 541", "60, 0, 540", "61, 59, 539", "599, 1, 1", "600, 0, 0"})
    void theGridGoesOn(long sinceGrid, long firstRun, long remaining) {
        Schedule schedule = Schedule.next(
                CREATED, CREATED.plusSeconds(600), Duration.ofSeconds(60), CREATED.plusSeconds(sinceGrid));

        assertThat(schedule.firstRun()).isEqualTo(Duration.ofSeconds(firstRun));
        assertThat(schedule.remaining()).isEqualTo(Duration.ofSeconds(remaining));
        // The run on the boundary is still on the grid.
        assertThat(schedule.remaining().minus(schedule.firstRun()).toSeconds() % 60)
                .isZero();
    }

    @Test
    void timeThatIsOverIsNotNegative() {
        Schedule late =
                Schedule.next(CREATED, CREATED.plusSeconds(60), Duration.ofSeconds(60), CREATED.plusSeconds(90));

        assertThat(late.remaining()).isZero();
        assertThat(Schedule.next(CREATED, CREATED.plusSeconds(60), Duration.ofSeconds(60), CREATED.minusSeconds(5))
                        .firstRun())
                .isZero();
    }
}
