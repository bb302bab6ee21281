package dev.halo.link.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancelTokenTest {

    private final CancelToken token = new CancelToken();
    private final AtomicInteger told = new AtomicInteger();

    @Test
    void keepsTheFirstCause() {
        token.onStop(told::incrementAndGet);

        assertThat(token.stop(StopCause.CANCELLED)).isTrue();
        assertThat(token.stop(StopCause.DISABLED)).isFalse();

        assertThat(token.stopped()).contains(StopCause.CANCELLED);
        assertThat(told).hasValue(1);
    }

    @Test
    void refusesTheCommitAfterAStop() {
        token.stop(StopCause.EXECUTION_LIMIT);

        assertThat(token.tryCommit()).isFalse();
    }

    @Test
    void refusesAStopAfterTheCommit() {
        token.onStop(told::incrementAndGet);

        assertThat(token.tryCommit()).isTrue();
        assertThat(token.stop(StopCause.CANCELLED)).isFalse();

        assertThat(token.isStopped()).isFalse();
        assertThat(told).hasValue(0);
    }

    @Test
    void tellsAListenerThatComesLate() {
        token.stop(StopCause.SHUTDOWN);

        token.onStop(told::incrementAndGet);

        assertThat(told).hasValue(1);
    }
}
