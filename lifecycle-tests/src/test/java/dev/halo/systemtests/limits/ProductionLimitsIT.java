package dev.halo.systemtests.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.systemtests.client.Answer;
import dev.halo.systemtests.suite.Demo;
import dev.halo.systemtests.suite.NewIntegrator;
import dev.halo.systemtests.suite.SuiteUnderTest;
import dev.halo.systemtests.suite.SystemTest;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Rates of the tier {@code trial} in production: 2 requests a second, 20 at once and 15 of one practice. */
@SystemTest
class ProductionLimitsIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int BURST = 20;
    private static final int PRACTICE_BURST = 15;

    private final SuiteUnderTest suite;
    private final Demo demo;

    ProductionLimitsIT(SuiteUnderTest suite) {
        this.suite = suite;
        this.demo = suite.demo();
    }

    @Test
    void tooManyRequestsOfAnIntegratorAreRefusedUntilItHasWaited() {
        // Given
        NewIntegrator trial = trial();
        Answer first = trial.client().sites(demo.databaseId());

        // When
        Answer refused = untilRefused(() -> trial.client().sites(demo.databaseId()), BURST);

        // Then
        assertThat(first.header("RateLimit-Limit")).isEqualTo("20");
        assertThat(first.header("RateLimit-Remaining")).isEqualTo("19");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.message()).contains("rate limit");
        assertThat(refused.json().path("error").path("statusText").asText()).isEqualTo("Too Many Requests");
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(refused.header("RateLimit-Limit")).isEqualTo("20");
        assertThat(refused.header("RateLimit-Remaining")).isEqualTo("0");
        assertThat(Integer.parseInt(refused.header("RateLimit-Reset"))).isBetween(9, 11);

        // And it concerns nobody else, and ends by itself; what nobody may ask is refused before
        assertThat(suite.integratorA().sites(demo.databaseId()).status()).isEqualTo(200);
        await().atMost(SOON).until(() -> trial.client().sites(demo.databaseId()).status() == 200);
    }

    @Test
    void tooManyRequestsThatConcernAPracticeLeaveTheOthers() {
        // Given
        NewIntegrator trial = trial();

        // When
        Answer refused = untilRefused(() -> trial.client().site(demo.siteId()), PRACTICE_BURST);

        // Then
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("RateLimit-Limit")).isEqualTo("15");
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(trial.client().site(demo.siteId2()).status()).isEqualTo(200);
        assertThat(trial.client().sites(demo.databaseId()).status()).isEqualTo(200);
    }

    private NewIntegrator trial() {
        return NewIntegrator.create(demo, suite.operator(), "trial", null);
    }

    /** The first answer that is refused; as many as may come at once are let through before it. */
    private static Answer untilRefused(Supplier<Answer> request, int burst) {
        int admitted = 0;
        for (int i = 0; i < 4 * burst; i++) {
            Answer answer = request.get();
            if (answer.status() != 200) {
                assertThat(admitted).isGreaterThanOrEqualTo(burst - 1);
                return answer;
            }
            admitted++;
        }
        throw new AssertionError("never refused");
    }
}
