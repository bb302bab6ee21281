package dev.halo.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaSettingsTest {

    @Test
    void whatIsLeftOutIsEmpty() {
        KafkaSettings settings = new KafkaSettings("host:9092", null, 3, 2, Duration.ofSeconds(1), null);

        assertThat(settings.topicPrefix()).isEmpty();
        assertThat(settings.client()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "0,1", "1,2", "3,4"})
    void replicasThatCannotBeAreRefused(int replicas, int inSync) {
        assertThatThrownBy(() -> new KafkaSettings("host:9092", "", replicas, inSync, Duration.ofSeconds(1), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("min-insync-replicas")
                .hasMessageContaining(inSync + " and " + replicas);
    }
}
