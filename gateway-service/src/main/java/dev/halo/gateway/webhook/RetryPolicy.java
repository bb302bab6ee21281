package dev.halo.gateway.webhook;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When a webhook is tried again: decorrelated jitter, so that the webhooks of a receiver that was down do not come back
 * all at once.
 *
 * @param firstPause the least pause
 * @param window in which all attempts are made, from the first on
 * @param maxAttempts in all
 */
record RetryPolicy(Duration firstPause, Duration window, int maxAttempts) {

    /**
     * The pause after a failed attempt: from the least one to three times the last one, cut at the window's end.
     *
     * @param attempt the number of the one that failed, from 1
     * @param lastPause before it; zero before the first
     * @param sinceFirst the time since the first attempt
     * @return empty if it was the last
     */
    Optional<Duration> pause(int attempt, Duration lastPause, Duration sinceFirst, RandomGenerator random) {
        long left = window.minus(sinceFirst).toMillis();
        if (attempt >= maxAttempts || left <= 0) {
            return Optional.empty();
        }
        long least = firstPause.toMillis();
        long most = Math.max(least, Math.min(lastPause.toMillis(), window.toMillis())) * 3;
        return Optional.of(Duration.ofMillis(Math.min(random.nextLong(least, most + 1), left)));
    }
}
