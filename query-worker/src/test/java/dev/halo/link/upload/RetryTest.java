package dev.halo.link.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.link.start.TestConfig;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetryTest {

    private final UploadConfig config = new TestConfig(Map.of(
                    "halo.link.upload.min-back-off", "PT1S",
                    "halo.link.upload.max-back-off", "PT8S",
                    "halo.link.upload.retry-for", "PT1H"))
            .of(UploadConfig.class);
    private final Retry retry = new Retry(config, pause -> pause);

    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void pausesLongerAfterEachFailureUpToItsBound() {
        // Given
        long now = 0;
        long[] pauses = new long[5];

        // When
        for (int i = 0; i < pauses.length; i++) {
            retry.failed(now, Duration.ZERO);
            pauses[i] = retry.delay(now);
            now += pauses[i];
        }

        // Then
        assertThat(pauses).containsExactly(seconds(1), seconds(2), seconds(4), seconds(8), seconds(8));
    }

    @Test
    void waitsAtLeastAsLongAsTheGatewayAsks() {
        // When
        retry.failed(0, Duration.ofSeconds(30));

        // Then
        assertThat(retry.delay(0)).isEqualTo(seconds(30));
    }

    @Test
    void countsPagesThatFailTogetherOnce() {
        // Given
        retry.failed(0, Duration.ZERO);
        retry.failed(1, Duration.ZERO);
        retry.failed(2, Duration.ZERO);

        // When
        retry.failed(seconds(1), Duration.ZERO);

        // Then
        assertThat(retry.delay(seconds(1))).isEqualTo(seconds(2));
    }

    @Test
    void givesUpAfterAnHourWithoutAPage() {
        // Given
        retry.failed(0, Duration.ZERO);

        // When
        boolean early = retry.failed(seconds(3_599), Duration.ZERO);
        boolean late = retry.failed(seconds(3_600), Duration.ZERO);

        // Then
        assertThat(early).isTrue();
        assertThat(late).isFalse();
    }

    @Test
    void beginsAnewAfterAPage() {
        // Given
        retry.failed(0, Duration.ZERO);

        // When
        retry.worked();

        // Then
        assertThat(retry.delay(1)).isZero();
        assertThat(retry.failed(seconds(7_200), Duration.ZERO)).isTrue();
        assertThat(retry.delay(seconds(7_200))).isEqualTo(seconds(1));
    }
}
