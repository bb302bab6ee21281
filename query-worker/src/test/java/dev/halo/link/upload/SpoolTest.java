package dev.halo.link.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.link.upload.Spool.Room;
import dev.halo.test.Background;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    private Path directory;

    @Test
    void isBounded() throws Exception {
        // Given
        Spool spool = new Spool(directory, 100);
        spool.take(60, Duration.ZERO, () -> false);

        // When
        Room second = spool.take(60, Duration.ofMillis(1), () -> false);

        // Then
        assertThat(second).isEqualTo(Room.FULL);
        assertThat(spool.used()).isEqualTo(60);
    }

    @Test
    void refusesAtOnceWhatCanNeverFit() throws Exception {
        // Given
        Spool spool = new Spool(directory, 100);

        // When
        Room room = spool.take(101, LONG, () -> false);

        // Then
        assertThat(room).isEqualTo(Room.NEVER);
    }

    @Test
    void letsWaitUntilRoomIsGivenBack() throws Exception {
        // Given
        Spool spool = new Spool(directory, 100);
        spool.take(100, Duration.ZERO, () -> false);
        CompletableFuture<Room> waiting = Background.supply(() -> take(spool, new AtomicBoolean()));

        // When
        spool.giveBack(50);

        // Then
        assertThat(waiting.get(30, TimeUnit.SECONDS)).isEqualTo(Room.TAKEN);
        assertThat(spool.used()).isEqualTo(100);
    }

    @Test
    void letsNobodyWaitWhoDoesNotWantItAnyMore() throws Exception {
        // Given
        Spool spool = new Spool(directory, 100);
        spool.take(100, Duration.ZERO, () -> false);
        AtomicBoolean stopped = new AtomicBoolean();
        CompletableFuture<Room> waiting = Background.supply(() -> take(spool, stopped));

        // When
        stopped.set(true);

        // Then
        assertThat(waiting.get(30, TimeUnit.SECONDS)).isEqualTo(Room.STOPPED);
    }

    @Test
    void removesWhatAnEarlierProcessLeft() throws Exception {
        // Given
        Path folder = new Spool(directory, 100).folder(UUID.randomUUID());
        Files.writeString(folder.resolve("1"), "rows");

        // When
        Spool spool = new Spool(directory, 100);

        // Then
        assertThat(directory).isEmptyDirectory();
        assertThat(spool.used()).isZero();
    }

    private static Room take(Spool spool, AtomicBoolean stopped) {
        try {
            return spool.take(50, LONG, stopped::get);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
