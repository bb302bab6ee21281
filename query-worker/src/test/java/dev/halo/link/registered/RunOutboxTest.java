package dev.halo.link.registered;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.link.journal.JournalDirectory;
import dev.halo.link.journal.WriteJournal;
import dev.halo.link.query.Reports;
import dev.halo.link.start.TestConfig;
import dev.halo.protocol.frame.Frame;
import dev.halo.protocol.query.Direction;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Parameter;
import dev.halo.protocol.query.RegisteredRun;
import dev.halo.protocol.query.Timing;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunOutboxTest {

    private static final UUID REGISTERED = UUID.randomUUID();

    @TempDir
    private Path directory;

    private WriteJournal journal;
    private RunOutbox outbox;

    @BeforeEach
    void prepare() {
        journal = JournalDirectory.open(directory, Clock.systemUTC());
        RegisteredConfig config =
                new TestConfig(Map.of("halo.link.registered.unacked-run-bytes", "10K")).of(RegisteredConfig.class);
        outbox = new RunOutbox(journal, config, new Reports());
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private static Frame.Ran run(long number, int bytes) {
        Parameter output = new Parameter("@out", Direction.OUTPUT, null, "x".repeat(bytes), null);
        Outcome outcome = new Outcome.Affected(1, List.of(output), Timing.NONE);
        return new Frame.Ran(
                UUID.randomUUID(),
                UUID.randomUUID(),
                new RegisteredRun(UUID.randomUUID(), REGISTERED, number, null, false, outcome));
    }

    @Test
    void dropsTheOldestRunsBeyondItsBytes() {
        // Given
        Frame.Ran second = run(2, 4_000);
        Frame.Ran third = run(3, 4_000);
        outbox.put(run(1, 4_000));
        outbox.put(second);

        // When
        outbox.put(third);

        // Then
        assertThat(outbox.all()).containsExactly(second, third);
        assertThat(outbox.dropped()).isEqualTo(1);
        assertThat(outbox.highest(REGISTERED)).isEqualTo(3);
    }

    @Test
    void countsNoBytesOfWhatIsConfirmed() {
        // Given
        Frame.Ran first = run(1, 8_000);
        outbox.put(first);
        outbox.acked(first.run().runId());

        // When
        outbox.put(run(2, 8_000));
        outbox.acked(UUID.randomUUID());

        // Then
        assertThat(outbox.all()).hasSize(1);
        assertThat(outbox.dropped()).isZero();
    }
}
