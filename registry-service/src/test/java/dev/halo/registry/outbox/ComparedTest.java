package dev.halo.registry.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.registry.health.PublishingReadiness;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class ComparedTest {

    private final RelayStatus status = new RelayStatus(new SimpleMeterRegistry(), Clock.systemUTC());

    @Test
    void aStartWithoutKafkaIsNotReadyBeforeTheDatabaseHasBeenCompared() {
        assertThat(ready()).isEqualTo(Status.DOWN);
        status.state(RelayState.NO_KAFKA);
        assertThat(ready()).isEqualTo(Status.DOWN);

        status.compared();
        assertThat(ready()).isEqualTo(Status.UP);
    }

    @Test
    void afterTheComparisonKafkaMayGo() {
        status.compared();
        status.state(RelayState.PUBLISHING);
        status.state(RelayState.NO_KAFKA);
        assertThat(ready()).isEqualTo(Status.UP);
    }

    @Test
    void aForeignDatabaseIsNotReadyUntilAComparisonSucceeds() {
        status.state(RelayState.STANDBY);
        assertThat(ready()).isEqualTo(Status.UP);
        status.state(RelayState.FOREIGN_DATABASE);
        assertThat(ready()).isEqualTo(Status.DOWN);
        status.compared();
        assertThat(ready()).isEqualTo(Status.UP);
    }

    private Status ready() {
        return new PublishingReadiness(status).call().getStatus();
    }
}
