package dev.halo.link.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.halo.link.start.TestConfig;
import dev.halo.protocol.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

    @TempDir
    private Path directory;

    private AuditLog open(String... settings) {
        Map<String, String> values =
                settings.length == 0 ? Map.of() : Map.of("halo.link.audit." + settings[0], settings[1]);
        return new AuditLog(directory, new TestConfig(values).of(AuditConfig.class));
    }

    private static AuditEntry entry(String text) {
        return new AuditEntry(
                0,
                Instant.parse("2026-01-01T00:00:00Z"),
                UUID.randomUUID(),
                UUID.randomUUID(),
                "A",
                UUID.randomUUID(),
                "PATIENTS",
                "immediate",
                "text",
                text,
                "rows",
                null,
                1,
                2,
                null,
                null);
    }

    private AuditFiles.Verification verify(List<String> texts) throws IOException {
        return AuditFiles.read(directory, entry -> texts.add(entry.text()));
    }

    @Test
    void chainsEntriesOverARestart() throws IOException {
        // Given
        try (AuditLog log = open()) {
            log.append(entry("select 1"));
            log.append(entry("select 2"));
        }
        try (AuditLog log = open()) {
            log.append(entry("select 3"));
        }

        // When
        List<String> texts = new ArrayList<>();
        AuditFiles.Verification found = verify(texts);

        // Then
        assertThat(found).isEqualTo(new AuditFiles.Verification(3, Optional.empty(), Optional.empty()));
        assertThat(texts).containsExactly("select 1", "select 2", "select 3");
    }

    @Test
    void showsAChangedEntry() throws IOException {
        // Given
        try (AuditLog log = open()) {
            log.append(entry("select 1"));
            log.append(entry("select 2"));
        }
        Path file = AuditFiles.list(directory).get(0);
        Files.writeString(file, Files.readString(file).replace("select 1", "select 7"));

        // When
        AuditFiles.Verification found = verify(new ArrayList<>());

        // Then
        assertThat(found.broken()).hasValueSatisfying(where -> assertThat(where).contains("line 1 was changed"));
    }

    @Test
    void showsAMissingEntry() throws IOException {
        // Given
        try (AuditLog log = open()) {
            log.append(entry("select 1"));
            log.append(entry("select 2"));
            log.append(entry("select 3"));
        }
        Path file = AuditFiles.list(directory).get(0);
        List<String> lines = Files.readAllLines(file);
        Files.write(file, List.of(lines.get(0), lines.get(2)));

        // When
        AuditFiles.Verification found = verify(new ArrayList<>());

        // Then
        assertThat(found.broken()).hasValueSatisfying(where -> assertThat(where).contains("missing before"));
    }

    @Test
    void theHeadFollowsWhatIsOnTheDisk() throws Exception {
        // Given a disk that is slow
        Semaphore disk = new Semaphore(1);
        try (AuditLog log = new AuditLog(
                directory, new TestConfig(Map.of()).of(AuditConfig.class), file -> disk.acquireUninterruptibly())) {
            log.append(entry("select 1"));
            log.append(entry("select 2"));
            assertThat(AuditHead.read(directory).orElseThrow().number()).isZero();

            // When the power is cut, and neither entry had reached it
            Path file = AuditFiles.list(directory).get(0);
            byte[] written = Files.readAllBytes(file);
            Files.write(file, new byte[0]);
            assertThat(verify(new ArrayList<>()).broken()).isEmpty();
            Files.write(file, Arrays.copyOf(written, written.length / 2 + 20));
            AuditFiles.Verification torn = verify(new ArrayList<>());

            // Then no entry is missed, and the torn one is explained
            assertThat(torn.broken()).isEmpty();
            assertThat(torn.entries()).isEqualTo(1);
            assertThat(torn.torn()).hasValueSatisfying(line -> assertThat(line)
                    .contains("audit-000000000001.jsonl line 2 is not whole", "power cut"));

            // And when they have reached it, the head does
            Files.write(file, written);
            disk.release(2);
            await().until(() -> AuditHead.read(directory).orElseThrow().number() == 2);
        }
    }

    @Test
    void aDiskThatRefusesIsReportedAndTheHeadStays() throws IOException {
        // Given
        AtomicBoolean full = new AtomicBoolean();
        try (AuditLog log = new AuditLog(directory, new TestConfig(Map.of()).of(AuditConfig.class), file -> {
            if (full.get()) {
                throw new IOException("no space left");
            }
        })) {
            // When
            full.set(true);
            log.append(entry("select 1"));

            // Then
            await().until(() -> log.problem() != null);
            assertThat(AuditHead.read(directory).orElseThrow().number()).isZero();
            full.set(false);
            log.append(entry("select 2"));
            await().until(() -> AuditHead.read(directory).orElseThrow().number() == 2);
            assertThat(log.problem()).isNull();
        }
    }

    @Test
    void whoeverIsInterruptedLeavesItsEntryAndTheLogOpen() throws IOException {
        // Given files that take one entry each, so that the head is written as well
        try (AuditLog log = open("max-file-size", "100")) {
            log.append(entry("select 1"));

            // When a statement is cancelled by an interrupt
            Thread.currentThread().interrupt();
            log.append(entry("select 2"));
            assertThat(Thread.interrupted()).isTrue();
            log.append(entry("select 3"));

            // Then
            assertThat(log.lost()).isZero();
            assertThat(log.problem()).isNull();
        }
        List<String> texts = new ArrayList<>();
        assertThat(verify(texts).broken()).isEmpty();
        assertThat(texts).containsExactly("select 1", "select 2", "select 3");
    }

    @Test
    void cutsALineThatACrashTore() throws IOException {
        // Given
        try (AuditLog log = open()) {
            log.append(entry("select 1"));
        }
        Files.writeString(AuditFiles.list(directory).get(0), "{\"number\":2,\"te", StandardOpenOption.APPEND);

        // When
        try (AuditLog log = open()) {
            log.append(entry("select 2"));
        }

        // Then
        assertThat(verify(new ArrayList<>()).broken()).isEmpty();
    }

    @Test
    void rotatesAndKeepsTheChainOfWhatIsLeft() throws IOException {
        // Given
        try (AuditLog log = new AuditLog(
                directory,
                new TestConfig(Map.of("halo.link.audit.max-file-size", "600", "halo.link.audit.max-files", "2"))
                        .of(AuditConfig.class))) {
            // When
            for (int i = 0; i < 20; i++) {
                log.append(entry("select " + i));
            }
        }

        // Then
        assertThat(AuditFiles.list(directory)).hasSize(3);
        assertThat(verify(new ArrayList<>()).broken()).isEmpty();
    }

    @Test
    void showsThatTheEndWasCutOff() throws IOException {
        // Given
        try (AuditLog log = open()) {
            log.append(entry("select 1"));
            log.append(entry("select 2"));
            log.append(entry("select 3"));
        }
        Path file = AuditFiles.list(directory).get(0);

        // When
        Files.write(file, Files.readAllLines(file).subList(0, 2));

        // Then
        assertThat(verify(new ArrayList<>()).broken())
                .hasValueSatisfying(where -> assertThat(where).contains("up to 3", "missing at the end"));
    }

    @Test
    void aCutStaysVisibleAfterTheNextStart() throws IOException {
        // Given
        try (AuditLog log = open()) {
            log.append(entry("select 1"));
            log.append(entry("select 2"));
        }
        Path file = AuditFiles.list(directory).get(0);
        Files.write(file, Files.readAllLines(file).subList(0, 1));

        // When
        try (AuditLog log = open()) {
            log.append(entry("select 3"));
        }

        // Then
        assertThat(verify(new ArrayList<>()).broken())
                .hasValueSatisfying(where -> assertThat(where).contains("entries are missing before"));
    }

    @Test
    void showsThatAFileIsMissingWhereverItWas() throws IOException {
        // Given
        try (AuditLog log = new AuditLog(
                directory, new TestConfig(Map.of("halo.link.audit.max-file-size", "600")).of(AuditConfig.class))) {
            for (int i = 0; i < 9; i++) {
                log.append(entry("select " + i));
            }
        }
        List<Path> files = AuditFiles.list(directory);
        assertThat(files).hasSizeGreaterThan(2);

        // When, Then
        for (Path file : List.of(files.get(0), files.get(1), files.get(files.size() - 1))) {
            byte[] content = Files.readAllBytes(file);
            Files.delete(file);
            assertThat(verify(new ArrayList<>()).broken()).as("without " + file).isPresent();
            Files.write(file, content);
        }
        assertThat(verify(new ArrayList<>()).broken()).isEmpty();
    }

    @Test
    void showsThatEverythingIsMissing() throws IOException {
        // Given
        try (AuditLog log = open()) {
            log.append(entry("select 1"));
        }

        // When
        Files.delete(AuditFiles.list(directory).get(0));

        // Then
        assertThat(verify(new ArrayList<>()).broken()).isPresent();
    }

    @Test
    void showsThatTheEndWasReplaced() throws IOException {
        // Given
        try (AuditLog log = open()) {
            log.append(entry("select 1"));
            log.append(entry("select 2"));
        }
        Path file = AuditFiles.list(directory).get(0);
        AuditEntry forged = entry("select 9").chained(2, firstEntry().hash());

        // When
        Files.write(
                file,
                List.of(
                        Files.readAllLines(file).get(0),
                        new String(Json.bytes(forged.hashed(AuditChain.hash(forged))), StandardCharsets.UTF_8)));

        // Then
        assertThat(verify(new ArrayList<>()).broken())
                .hasValueSatisfying(where -> assertThat(where).contains("not the entry that was written as the last"));
    }

    private AuditEntry firstEntry() throws IOException {
        List<AuditEntry> entries = new ArrayList<>();
        AuditFiles.read(directory, entries::add);
        return entries.get(0);
    }
}
