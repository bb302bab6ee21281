package dev.halo.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.halo.gateway.limits.Tier.Rate;
import dev.halo.gateway.view.PmsKey;
import dev.halo.protocol.site.PmsType;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimiterTest {

    private static final PmsKey PRACTICE = new PmsKey(PmsType.ZEDMED, "1");
    private static final PmsKey OTHER_PRACTICE = new PmsKey(PmsType.ZEDMED, "2");
    private static final Tier TIER = new Tier(new Rate(10, 20), new Rate(5, 8), Tier.NONE, Tier.NONE);

    private final UUID integrator = UUID.randomUUID();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final RateLimiter limiter = new RateLimiter(100, nanos::get);

    @Test
    void afterABurstTheRateHolds() {
        assertThat(admitted(limiter, null, 1, 30)).isEqualTo(20);

        pass(Duration.ofSeconds(1));

        assertThat(admitted(limiter, null, 1, 30)).isEqualTo(10);
    }

    @Test
    void aRefusalSaysWhenTheNextMayCome() {
        admitted(limiter, null, 1, 20);

        RateLimiter.Verdict verdict = limiter.admit(integrator, null, TIER, 1);

        assertThat(verdict.retryAfter()).isEqualTo(Duration.ofMillis(100));
        assertThat(verdict.remaining()).isZero();
        assertThat(verdict.limit()).isEqualTo(20);
        pass(verdict.retryAfter());
        assertThat(limiter.admit(integrator, null, TIER, 1).isAdmitted()).isTrue();
    }

    @Test
    void whatRemainsIsCountedDown() {
        RateLimiter.Verdict first = limiter.admit(integrator, null, TIER, 1);

        assertThat(first.remaining()).isEqualTo(19);
        assertThat(first.reset()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void onePracticeDoesNotTakeTheRateOfTheOthers() {
        assertThat(admitted(limiter, PRACTICE, 1, 30)).isEqualTo(8);
        assertThat(admitted(limiter, OTHER_PRACTICE, 1, 30)).isEqualTo(8);
        // What a practice's limit has refused does not count for the integrator: 20 - 16 are left.
        assertThat(admitted(limiter, null, 1, 30)).isEqualTo(4);
    }

    @Test
    void theIntegratorsLimitHoldsForItsPracticesTogetherAndCostsThemNothing() {
        admitted(limiter, null, 1, 20);

        assertThat(admitted(limiter, PRACTICE, 1, 3)).isZero();

        pass(Duration.ofSeconds(2));
        assertThat(admitted(limiter, PRACTICE, 1, 30)).isEqualTo(8);
    }

    @Test
    void theSumOfSeveralGatewaysIsTheRate() {
        int gateways = 3;
        Tier tier = new Tier(new Rate(100, 100), new Rate(100, 100), Tier.NONE, Tier.NONE);
        RateLimiter[] all = IntStream.range(0, gateways)
                .mapToObj(i -> new RateLimiter(100, nanos::get))
                .toArray(RateLimiter[]::new);
        int admitted = 0;

        for (int step = 0; step < 20_000; step++) {
            if (all[step % gateways].admit(integrator, PRACTICE, tier, gateways).isAdmitted()) {
                admitted++;
            }
            pass(Duration.ofNanos(500_000));
        }

        // Ten seconds, and the burst of the beginning.
        assertThat(admitted).isCloseTo(1_100, within(110));
    }

    @Test
    void theSumHoldsWithinAFifthWhileGatewaysComeAndGo() {
        Tier tier = new Tier(new Rate(50, 50), new Rate(50, 50), Tier.NONE, Tier.NONE);
        RateLimiter[] all = IntStream.range(0, 4)
                .mapToObj(i -> new RateLimiter(100, nanos::get))
                .toArray(RateLimiter[]::new);
        int admitted = 0;

        // A minute of a thousand requests a second, each ten seconds with another number of gateways.
        for (int step = 0; step < 60_000; step++) {
            int gateways = 1 + step / 10_000 % 4;
            if (all[step % gateways].admit(integrator, null, tier, gateways).isAdmitted()) {
                admitted++;
            }
            pass(Duration.ofMillis(1));
        }

        assertThat(admitted).isCloseTo(60 * 50, within(60 * 50 / 5));
    }

    @Test
    void whatAGatewayPromisesItGives() {
        // Given a third of the rate
        RateLimiter.Verdict first = limiter.admit(integrator, null, TIER, 3);

        // When all that remains is asked for
        int admitted = admitted(limiter, null, 3, 30);

        assertThat(first.limit()).isEqualTo(6);
        assertThat(first.remaining()).isEqualTo(5);
        assertThat(admitted).isEqualTo(5);
        pass(first.reset());
        assertThat(limiter.admit(integrator, null, TIER, 3).isAdmitted()).isTrue();
    }

    @Test
    void whoeverHasBeenQuietIsForgotten() {
        admitted(limiter, PRACTICE, 1, 5);
        limiter.forget();
        assertThat(limiter.tracked()).isEqualTo(2);

        pass(Duration.ofSeconds(2));
        limiter.forget();

        assertThat(limiter.tracked()).isZero();
    }

    @Test
    void beyondItsBoundOnlyTheIntegratorsRateIsCounted() {
        RateLimiter small = new RateLimiter(0, nanos::get);

        assertThat(admitted(small, PRACTICE, 1, 30)).isEqualTo(20);
    }

    private int admitted(RateLimiter by, PmsKey practice, int gateways, int requests) {
        return (int) IntStream.range(0, requests)
                .filter(i -> by.admit(integrator, practice, TIER, gateways).isAdmitted())
                .count();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
