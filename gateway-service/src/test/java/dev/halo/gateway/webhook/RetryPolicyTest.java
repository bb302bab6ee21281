package dev.halo.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration WINDOW = Duration.ofMinutes(90);

    private final RetryPolicy policy = new RetryPolicy(FIRST, WINDOW, 10);
    private final Random random = new Random(1);

    @Test
    void eachPauseIsDrawnFromTheLeastToThreeTimesTheLast() {
        Duration last = Duration.ZERO;
        for (int round = 0; round < 10_000; round++) {
            Duration pause = policy.pause(1, last, Duration.ZERO, random).orElseThrow();
            Duration most = (last.compareTo(FIRST) < 0 ? FIRST : last).multipliedBy(3);
            assertThat(pause).isBetween(FIRST, most);
            last = pause.compareTo(Duration.ofMinutes(25)) > 0 ? Duration.ZERO : pause;
        }
    }

    @Test
    void pausesDiffer() {
        assertThat(random.ints(100)
                        .mapToObj(unused -> policy.pause(1, FIRST, Duration.ZERO, random))
                        .distinct()
                        .count())
                .isGreaterThan(90);
    }

    @Test
    void noAttemptIsMadeBehindTheWindow() {
        Duration sinceFirst = WINDOW.minusSeconds(3);

        assertThat(policy.pause(4, Duration.ofMinutes(20), sinceFirst, random)).contains(Duration.ofSeconds(3));
        assertThat(policy.pause(4, Duration.ofMinutes(20), WINDOW, random)).isEmpty();
    }

    @Test
    void thereIsALastAttempt() {
        assertThat(policy.pause(9, FIRST, Duration.ZERO, random)).isPresent();
        assertThat(policy.pause(10, FIRST, Duration.ZERO, random)).isEmpty();
    }

    @Test
    void allAttemptsLieWithinTheWindow() {
        for (int webhook = 0; webhook < 1_000; webhook++) {
            Duration since = Duration.ZERO;
            Duration last = Duration.ZERO;
            int attempt = 1;
            for (Optional<Duration> pause = policy.pause(attempt, last, since, random);
                    pause.isPresent();
                    pause = policy.pause(++attempt, last, since, random)) {
                last = pause.get();
                since = since.plus(last);
            }
            assertThat(since).isLessThanOrEqualTo(WINDOW);
            assertThat(attempt).isBetween(2, 10);
        }
    }
}
