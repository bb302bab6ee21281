package dev.halo.link.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Timing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WriteJournalTest {

    private static final Outcome DONE = new Outcome.Affected(1, List.of(), Timing.NONE);
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    private final Memory memory = new Memory();
    private final UUID query = UUID.randomUUID();
    private final UUID site = UUID.randomUUID();
    private final UUID integrator = UUID.randomUUID();

    /** A disk that can be filled and cut. */
    private static final class Memory implements JournalStorage {
        private byte[] content = {};
        private boolean full;

        @Override
        public byte[] readAll() {
            return content.clone();
        }

        @Override
        public void truncate(long length) {
            content = Arrays.copyOf(content, (int) length);
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            if (full) {
                throw new IOException("No space left on device");
            }
            int at = content.length;
            content = Arrays.copyOf(content, at + bytes.remaining());
            bytes.get(content, at, bytes.remaining());
        }

        @Override
        public void appendLazily(ByteBuffer bytes) throws IOException {
            append(bytes);
        }

        @Override
        public void replace(ByteBuffer bytes) throws IOException {
            content = new byte[0];
            append(bytes);
        }

        @Override
        public long length() {
            return content.length;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private WriteJournal open(Instant at) throws IOException {
        return new WriteJournal(
                memory, Clock.fixed(at, ZoneOffset.UTC), damaged -> damaged ? new UUID(0, 2) : new UUID(0, 1));
    }

    private WriteJournal open() throws IOException {
        return open(NOW);
    }

    private void start(WriteJournal journal) throws IOException {
        journal.start(query, site, integrator, 3);
    }

    @Test
    void reportsAWriteThatWasCutOffAsUnknown() throws IOException {
        // Given
        start(open());

        // When
        WriteJournal again = open();

        // Then
        assertThat(again.unacked()).singleElement().satisfies(entry -> {
            assertThat(entry.queryId()).isEqualTo(query);
            assertThat(entry.replySlot()).isEqualTo(3);
            assertThat(((Outcome.Failed) entry.outcome()).failure().is(LinkErrorCode.OUTCOME_UNKNOWN))
                    .isTrue();
        });
        assertThat(again.knows(query)).isTrue();
    }

    @Test
    void neverBeginsAWriteTwice() throws IOException {
        // Given
        start(open());
        WriteJournal again = open();

        // When, Then
        assertThatThrownBy(() -> start(again)).isInstanceOf(IOException.class).hasMessageContaining("begun before");
    }

    @Test
    void keepsTheOutcomeUntilItIsConfirmed() throws IOException {
        // Given
        WriteJournal journal = open();
        start(journal);
        journal.end(query, DONE);

        // When
        List<JournalEntry> before = open().unacked();
        journal.acked(query);
        journal.close();

        // Then
        assertThat(before).extracting(JournalEntry::outcome).containsExactly(DONE);
        assertThat(open().unacked()).isEmpty();
        assertThat(open().knows(query)).isTrue();
    }

    @Test
    void readsOnBehindNoTornTail() throws IOException {
        // Given
        WriteJournal journal = open();
        start(journal);
        journal.end(query, DONE);
        byte[] whole = memory.content;

        // When, Then
        for (int cut = 0; cut < whole.length; cut++) {
            memory.content = Arrays.copyOf(whole, cut);
            WriteJournal again = open();
            assertThat(again.journalId()).as("cut at " + cut).isEqualTo(new UUID(0, 1));
            UUID next = UUID.randomUUID();
            again.start(next, site, integrator, 0);
            assertThat(open().knows(next)).as("cut at " + cut).isTrue();
        }
    }

    @Test
    void goesByANewIdWhereRecordsWereLost() throws IOException {
        // Given
        WriteJournal journal = open();
        start(journal);
        journal.end(query, DONE);
        memory.content[20] ^= 1;

        // When
        WriteJournal again = open();

        // Then
        assertThat(again.journalId()).isEqualTo(new UUID(0, 2));
        assertThat(again.size()).isZero();
    }

    @Test
    void refusesWritesOnAFullDiskAndRecovers() throws IOException {
        // Given
        WriteJournal journal = open();
        memory.full = true;

        // When, Then
        assertThatThrownBy(() -> start(journal)).isInstanceOf(IOException.class);
        assertThat(journal.problem()).contains("writes are refused");
        assertThat(journal.knows(query)).isFalse();
        memory.full = false;
        start(journal);
        assertThat(journal.problem()).isNull();
    }

    @Test
    void dropsWhatIsConfirmedAndOlderThanADay() throws IOException {
        // Given
        WriteJournal journal = open();
        start(journal);
        journal.end(query, DONE);
        journal.acked(query);
        UUID unconfirmed = UUID.randomUUID();
        journal.start(unconfirmed, site, integrator, 0);
        journal.end(unconfirmed, DONE);
        journal.close();

        // When
        WriteJournal sameDay = open(NOW.plus(Duration.ofHours(23)));
        sameDay.compact();
        WriteJournal nextDay = open(NOW.plus(Duration.ofHours(25)));
        nextDay.compact();

        // Then
        assertThat(sameDay.knows(query)).isTrue();
        assertThat(nextDay.knows(query)).isFalse();
        assertThat(open().unacked()).extracting(JournalEntry::queryId).containsExactly(unconfirmed);
    }
}
