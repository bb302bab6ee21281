package dev.halo.registry.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RefusalCounterTest {

    private long nanos;
    private final RefusalCounter counter = new RefusalCounter(3, Duration.ofSeconds(60), 2, () -> nanos);

    @Test
    void anAddressWaitsForTheRestOfItsWindow() {
        // Given
        counter.refused("a");
        counter.refused("a");
        assertThat(counter.wait("a")).isEmpty();

        // When
        nanos += Duration.ofSeconds(20).toNanos();
        counter.refused("a");

        // Then
        assertThat(counter.wait("a")).contains(Duration.ofSeconds(40));
        assertThat(counter.wait("b")).isEmpty();
        nanos += Duration.ofSeconds(40).toNanos();
        assertThat(counter.wait("a")).isEmpty();
    }

    @Test
    void theOneThatWasQuietLongestIsForgotten() {
        for (int i = 0; i < 3; i++) {
            counter.refused("a");
            counter.refused("b");
        }
        counter.refused("c");
        assertThat(counter.wait("a")).isEmpty();
        assertThat(counter.wait("b")).isPresent();
    }
}
