package dev.halo.link.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.link.start.TestConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UplinkTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private long now = 7;
    private boolean delivering;

    private Uplink uplink(String... settings) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            values.put("halo.link.upload." + settings[i], settings[i + 1]);
        }
        return new Uplink(new TestConfig(values).of(UploadConfig.class), () -> delivering, () -> now);
    }

    @Test
    void letsEverythingPassWithoutABound() {
        // Given
        Uplink uplink = uplink();

        // When
        long first = uplink.tryTake(1_000_000_000, 0);
        long second = uplink.tryTake(1_000_000_000, 0);

        // Then
        assertThat(first).isZero();
        assertThat(second).isZero();
    }

    @Test
    void keepsTheRateOverSeveralPages() {
        // Given
        Uplink uplink = uplink("bandwidth", "1000");
        long started = now;
        long sent = 0;

        // When
        while (sent < 10_000) {
            long wait = uplink.tryTake(500, 0);
            if (wait == 0) {
                sent += 500;
            }
            now += wait;
        }

        // Then
        assertThat(now - started).isBetween(9 * SECOND, 10 * SECOND);
    }

    @Test
    void doesNotSaveUpWhatWasNotUsed() {
        // Given
        Uplink uplink = uplink("bandwidth", "1000");
        now += 3600 * SECOND;

        // When
        long first = uplink.tryTake(1000, 0);
        long second = uplink.tryTake(1000, 0);

        // Then
        assertThat(first).isZero();
        assertThat(second).isEqualTo(SECOND);
    }

    @Test
    void letsResultsThatCallersWaitForGoFirst() {
        // Given
        Uplink uplink = uplink("yield-for", "PT5S");
        uplink.urgentBegins();

        // When
        long wait = uplink.tryTake(1, 0);

        // Then
        assertThat(wait).isPositive();
        uplink.urgentEnds();
        assertThat(uplink.tryTake(1, 0)).isZero();
        delivering = true;
        assertThat(uplink.tryTake(1, 0)).isPositive();
    }

    @Test
    void doesNotYieldForEver() {
        // Given
        Uplink uplink = uplink("yield-for", "PT5S");
        uplink.urgentBegins();

        // When
        long wait = uplink.tryTake(1, Duration.ofSeconds(5).toNanos());

        // Then
        assertThat(wait).isZero();
    }
}
