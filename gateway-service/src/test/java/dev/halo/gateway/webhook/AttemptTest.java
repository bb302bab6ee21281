package dev.halo.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.gateway.webhook.Attempt.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttemptTest {

    @ParameterizedTest
    @CsvSource({
        "200, DELIVERED",
        "204, DELIVERED",
        "299, DELIVERED",
        "301, GIVE_UP",
        "307, GIVE_UP",
        "400, GIVE_UP",
        "401, GIVE_UP",
        "404, GIVE_UP",
        "408, RETRY",
        "409, GIVE_UP",
        "410, GIVE_UP",
        "429, RETRY",
        "499, GIVE_UP",
        "500, RETRY",
        "503, RETRY",
        "599, RETRY",
        "600, GIVE_UP"
    })
    void theStatusDecidesWhetherItIsTriedAgain(int status, Verdict verdict) {
        assertThat(Attempt.answered(status).verdict()).isEqualTo(verdict);
    }
}
