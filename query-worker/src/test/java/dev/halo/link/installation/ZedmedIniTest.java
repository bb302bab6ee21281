package dev.halo.link.installation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.halo.link.config.ZedmedConfig;
import dev.halo.link.firebird.DatabaseLocation;
import dev.halo.link.start.TestConfig;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZedmedIniTest {

    private static final String ONE = "[Main]\nPatientDatabase=db1/3051:C:\\z\\p.fdb\nDocumentDatabase=C:\\z\\d.fdb\n";

    @TempDir
    private Path directory;

    private ZedmedIni ini(Map<String, String> more) {
        Map<String, String> values = new HashMap<>(more);
        values.putIfAbsent(
                "halo.link.zedmed.ini", directory.resolve("zedmed.ini").toString());
        return new ZedmedIni(new TestConfig(values).of(ZedmedConfig.class));
    }

    private IniScan scan(byte[] content) throws IOException {
        Files.write(directory.resolve("zedmed.ini"), content);
        return ini(Map.of()).scan();
    }

    private IniScan scan(String content) throws IOException {
        return scan(content.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsAnInstallation() throws IOException {
        // When
        IniScan scan = scan(ONE);

        // Then
        assertThat(scan.problems()).isEmpty();
        assertThat(scan.installations())
                .containsExactly(new Installation(
                        "Main",
                        new DatabaseLocation("db1", 3051, "C:\\z\\p.fdb"),
                        Optional.of(new DatabaseLocation(DatabaseLocation.LOOPBACK, 0, "C:\\z\\d.fdb"))));
    }

    @Test
    void saysThatNoFileIsConfigured() {
        // When
        IniScan scan = new ZedmedIni(new TestConfig(Map.of()).of(ZedmedConfig.class)).scan();

        // Then
        assertThat(scan.failed()).isTrue();
        assertThat(scan.problems()).containsExactly(new IniProblem.NotConfigured());
    }

    @Test
    void saysThatTheFileIsMissing() {
        // When
        IniScan scan = ini(Map.of()).scan();

        // Then
        assertThat(scan.failed()).isTrue();
        assertThat(scan.problems()).singleElement().isInstanceOf(IniProblem.Missing.class);
    }

    @Test
    void saysThatTheFileIsADirectory() throws IOException {
        // Given
        Files.createDirectory(directory.resolve("zedmed.ini"));

        // When
        IniScan scan = ini(Map.of()).scan();

        // Then
        assertThat(scan.problems()).singleElement().isInstanceOf(IniProblem.Unreadable.class);
    }

    @Test
    void saysThatTheFileIsTooLarge() throws IOException {
        // Given
        Files.writeString(directory.resolve("zedmed.ini"), ONE);

        // When
        IniScan scan = ini(Map.of("halo.link.zedmed.max-ini-bytes", "10")).scan();

        // Then
        assertThat(scan.problems()).singleElement().isInstanceOf(IniProblem.Unreadable.class);
    }

    @Test
    void readsEveryEncodingThatWindowsWrites() throws IOException {
        // Given
        String text = "[Praxis Müller]\r\nPatientDatabase=C:\\z\\p.fdb\r\nDocumentDatabase=C:\\z\\d.fdb\r\n";

        // When, Then
        for (String charset : new String[] {"UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252"}) {
            byte[] content = text.getBytes(Charset.forName(charset));
            byte[] mark =
                    switch (charset) {
                        case "UTF-16LE" -> new byte[] {(byte) 0xFF, (byte) 0xFE};
                        case "UTF-16BE" -> new byte[] {(byte) 0xFE, (byte) 0xFF};
                        case "UTF-8" -> new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
                        default -> new byte[0];
                    };
            byte[] file = new byte[mark.length + content.length];
            System.arraycopy(mark, 0, file, 0, mark.length);
            System.arraycopy(content, 0, file, mark.length, content.length);
            assertThat(scan(file).installations())
                    .as(charset)
                    .extracting(Installation::section)
                    .containsExactly("Praxis Müller");
        }
    }

    @Test
    void keepsTheGoodInstallationsOfAHalfWrongFile() throws IOException {
        // When
        IniScan scan = scan(ONE
                + "; a comment\n# another\nnonsense\n"
                + "[No patients]\nDocumentDatabase=C:\\x.fdb\n"
                + "[Bad form]\nPatientDatabase=ftp://x/y\n"
                + "[General]\nLanguage=en\n"
                + "[Second]\nPATIENTDATABASE=\"inet://db2:3055/zedpat\"\n");

        // Then
        assertThat(scan.failed()).isFalse();
        assertThat(scan.installations()).extracting(Installation::section).containsExactly("Main", "Second");
        assertThat(scan.problems())
                .hasExactlyElementsOfTypes(
                        IniProblem.MalformedLine.class,
                        IniProblem.NoPatientDatabase.class,
                        IniProblem.BadLocation.class,
                        IniProblem.NoDocumentDatabase.class);
        assertThat(scan.problems()).extracting(IniProblem::message).allMatch(message -> !message.isBlank());
    }

    @Test
    void takesTheFirstOfWhatComesTwice() throws IOException {
        // When
        IniScan scan =
                scan(ONE + "[main]\nPatientDatabase=other:/x.fdb\n[Copy]\npatientdatabase=db1/3051:C:\\z\\p.fdb\n"
                        + "PatientDatabase=again:/y.fdb\nDocumentDatabase=C:\\z\\d.fdb\n");

        // Then
        assertThat(scan.installations()).extracting(Installation::section).containsExactly("Main");
        assertThat(scan.problems())
                .hasExactlyElementsOfTypes(
                        IniProblem.DuplicateSection.class,
                        IniProblem.DuplicateKey.class,
                        IniProblem.SameDatabase.class);
    }

    @Test
    void boundsTheNumberOfInstallations() throws IOException {
        // Given
        Files.writeString(
                directory.resolve("zedmed.ini"), ONE + "[Two]\nPatientDatabase=a:/b\nDocumentDatabase=a:/c\n");

        // When
        IniScan scan = ini(Map.of("halo.link.zedmed.max-installations", "1")).scan();

        // Then
        assertThat(scan.installations()).hasSize(1);
        assertThat(scan.problems()).containsExactly(new IniProblem.TooMany(1));
    }

    @Test
    void readsAnotherLayoutByConfiguration() throws IOException {
        // Given
        Files.writeString(
                directory.resolve("zedmed.ini"),
                "[Zedmed:North]\nServer Database=Path:srv:D:\\n.fdb;Charset:WIN1252\n[Printer]\nServer Database=x\n");
        Map<String, String> layout = Map.of(
                "halo.link.zedmed.section-pattern", "Zedmed:.+",
                "halo.link.zedmed.patient-keys", "Database,Server Database",
                "halo.link.zedmed.value-pattern", "Path:(?<location>[^;]+);.*");

        // When
        IniScan scan = ini(layout).scan();

        // Then
        assertThat(scan.installations())
                .extracting(Installation::patients)
                .containsExactly(new DatabaseLocation("srv", 0, "D:\\n.fdb"));
    }
}
