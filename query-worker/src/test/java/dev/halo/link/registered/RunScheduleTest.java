package dev.halo.link.registered;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RunScheduleTest {

    private static final long BEGIN = Long.MAX_VALUE - seconds(100);

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    /** The seconds after the beginning at which runs begin, looked at each second. */
    private static List<Integer> runs(RunSchedule schedule, int from, int to) {
        List<Integer> runs = new ArrayList<>();
        for (int second = from; second <= to; second++) {
            if (schedule.take(BEGIN + seconds(second))) {
                runs.add(second);
            }
        }
        return runs;
    }

    @Test
    void runsAtOnceThenOnTheGridTheEndIncluded() {
        // Given
        RunSchedule schedule = new RunSchedule(BEGIN, 0, seconds(60), seconds(180));

        // When
        List<Integer> runs = runs(schedule, 0, 400);

        // Then
        assertThat(runs).containsExactly(0, 60, 120, 180);
        assertThat(schedule.isOver()).isTrue();
    }

    @Test
    void timeOnTheWayCostsNoRunAtTheEnd() {
        // Given one that was due a second before it came
        RunSchedule schedule = new RunSchedule(BEGIN + seconds(1), -seconds(1), seconds(60), seconds(59));

        // When
        List<Integer> runs = runs(schedule, 1, 400);

        // Then
        assertThat(runs).containsExactly(1, 60);
    }

    @Test
    void goesOnWithTheGridThatItIsGiven() {
        // Given
        RunSchedule schedule = new RunSchedule(BEGIN, seconds(25), seconds(60), seconds(100));

        // When
        List<Integer> runs = runs(schedule, 0, 400);

        // Then
        assertThat(runs).containsExactly(25, 85);
    }

    @Test
    void makesUpForTheLastOfSeveralMissedRunsOnly() {
        // Given
        RunSchedule schedule = new RunSchedule(BEGIN, 0, seconds(60), seconds(600));
        schedule.take(BEGIN);

        // When
        List<Integer> runs = runs(schedule, 250, 400);

        // Then
        assertThat(runs).containsExactly(250, 300, 360);
    }

    @Test
    void doesNotRunLongAfterItsEnd() {
        // Given
        RunSchedule schedule = new RunSchedule(BEGIN, 0, seconds(60), seconds(180));
        schedule.take(BEGIN);

        // When
        List<Integer> runs = runs(schedule, 241, 400);

        // Then
        assertThat(runs).isEmpty();
        assertThat(schedule.isOver()).isTrue();
    }

    @Test
    void neverRunsWhoseFirstRunWouldBeBeyondItsEnd() {
        // Given
        RunSchedule schedule = new RunSchedule(BEGIN, seconds(30), seconds(60), seconds(20));

        // When
        List<Integer> runs = runs(schedule, 0, 200);

        // Then
        assertThat(runs).isEmpty();
    }
}
