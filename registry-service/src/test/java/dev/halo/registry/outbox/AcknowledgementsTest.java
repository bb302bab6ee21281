package dev.halo.registry.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.registry.config.RegistryConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AcknowledgementsTest {

    private static Acknowledgements acknowledgements(String timeout) {
        return new Acknowledgements(new SmallRyeConfigBuilder()
                .withMapping(RegistryConfig.class)
                .withSources(new PropertiesConfigSource(
                        Map.of(
                                "halo.registry.link-token-private-key",
                                "key",
                                "halo.registry.outbox.publish-timeout",
                                timeout,
                                "halo.registry.outbox.max-waiting",
                                "2"),
                        "test",
                        100))
                .build()
                .getConfigMapping(RegistryConfig.class));
    }

    @Test
    void anAcknowledgementBeforeTheCommitIsSeenCounts() {
        Acknowledgements acknowledgements = acknowledgements("PT1M");
        UUID command = UUID.randomUUID();
        CompletableFuture<Boolean> published = acknowledgements.expect(command);
        acknowledgements.acknowledged(command);
        acknowledgements.committed(command);
        assertThat(published).isCompletedWithValue(true);
        assertThat(acknowledgements.waiting()).isEmpty();
    }

    @Test
    void onlyACommittedCommandIsLookedFor() {
        Acknowledgements acknowledgements = acknowledgements("PT1M");
        UUID command = UUID.randomUUID();
        acknowledgements.expect(command);
        assertThat(acknowledgements.waiting()).isEmpty();
        acknowledgements.committed(command);
        assertThat(acknowledgements.waiting()).containsExactly(command);
    }

    @Test
    void waitingEndsWithTheTime() {
        Acknowledgements acknowledgements = acknowledgements("PT0.01S");
        assertThat(acknowledgements.expect(UUID.randomUUID()).join()).isFalse();
    }

    @Test
    void tooManyDoNotWait() {
        Acknowledgements acknowledgements = acknowledgements("PT1M");
        acknowledgements.expect(UUID.randomUUID());
        acknowledgements.expect(UUID.randomUUID());
        assertThat(acknowledgements.expect(UUID.randomUUID())).isCompletedWithValue(false);
    }
}
