package dev.halo.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes an INI file that names a server's Zedmed installations. The real file's layout is not public: a section per
 * installation with the keys {@code PatientDatabase} and {@code DocumentDatabase} is our assumption.
 */
public final class ZedmedIni {

    /**
     * One installation.
     *
     * @param name name of the section
     * @param patientDatabase the first database, in one of Firebird's connection forms
     * @param documentDatabase the second one
     */
    public record Installation(String name, String patientDatabase, String documentDatabase) {}

    private ZedmedIni() {}

    /** Writes the file; one that exists is replaced. */
    public static void write(Path file, List<Installation> installations) {
        StringBuilder text = new StringBuilder("; Zedmed installations of this server (demo)\r\n");
        for (Installation installation : installations) {
            text.append("\r\n[").append(installation.name()).append("]\r\n");
            text.append("PatientDatabase=")
                    .append(installation.patientDatabase())
                    .append("\r\n");
            text.append("DocumentDatabase=")
                    .append(installation.documentDatabase())
                    .append("\r\n");
        }
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
