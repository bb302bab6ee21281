package dev.halo.link.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.protocol.query.LinkErrorCode;
import dev.halo.protocol.query.Outcome;
import dev.halo.protocol.query.Timing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes to its journal is killed; what it said before must be there. */
class JournalCrashIT {

    private static final int ENOUGH = 50;

    @TempDir
    private Path directory;

    /** Begins and ends writes for ever, and says so after each step. */
    public static final class Writer {

        public static void main(String... args) throws IOException {
            WriteJournal journal = JournalDirectory.open(Path.of(args[0]), Clock.systemUTC());
            System.out.println("journal " + journal.journalId());
            while (true) {
                UUID query = UUID.randomUUID();
                journal.start(query, query, query, 1);
                System.out.println("started " + query);
                journal.end(query, new Outcome.Affected(1, List.of(), Timing.NONE));
                System.out.println("ended " + query);
            }
        }
    }

    @Test
    void knowsEveryWriteThatWasBegunBeforeTheProcessWasKilled() throws Exception {
        // Given
        Path output = directory.resolve("said.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(output.toFile())
                .start();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Files.readAllLines(output).size() >= ENOUGH);
        process.destroyForcibly();
        process.waitFor();
        List<String> said = Files.readAllLines(output);

        // When
        WriteJournal journal = JournalDirectory.open(directory, Clock.systemUTC());

        // Then
        assertThat(said).hasSizeGreaterThanOrEqualTo(ENOUGH);
        assertThat(said.get(0)).isEqualTo("journal " + journal.journalId());
        for (String line : said.subList(1, said.size())) {
            String[] words = line.split(" ");
            if (words.length == 2 && words[1].length() == 36) {
                assertThat(journal.knows(UUID.fromString(words[1]))).as(line).isTrue();
            }
        }
        assertThat(journal.unacked())
                .allMatch(entry -> entry.outcome() instanceof Outcome.Affected
                        || ((Outcome.Failed) entry.outcome()).failure().is(LinkErrorCode.OUTCOME_UNKNOWN));
        journal.close();
    }
}
