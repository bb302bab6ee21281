package dev.halo.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * PostgreSQL's programs and the way to run them: PostgreSQL refuses root, so root runs them in a user namespace, or,
 * where the machine has those switched off, as the user {@code postgres} of an installed PostgreSQL.
 *
 * @param programs folder of {@code initdb} and {@code postgres}
 * @param prefix what goes before each command
 * @param owner operating system user that must own the data, empty for the user of this JVM
 */
record PostgresBinaries(Path programs, List<String> prefix, Optional<String> owner) {

    private static final String VERSION = "14.22.0";

    static PostgresBinaries find(Path cache) {
        if (!isRoot()) {
            return new PostgresBinaries(
                    bundled(cache).or(PostgresBinaries::installed).orElseThrow(PostgresBinaries::none),
                    List.of(),
                    Optional.empty());
        }
        Optional<Path> bundled = bundled(cache);
        if (bundled.isPresent()
                && succeeds("unshare", "-U", bundled.get().resolve("initdb").toString(), "--version")) {
            return new PostgresBinaries(bundled.get(), List.of("unshare", "-U"), Optional.empty());
        }
        Path installed = installed().orElseThrow(PostgresBinaries::none);
        List<String> asPostgres = List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups");
        return new PostgresBinaries(installed, asPostgres, Optional.of("postgres"));
    }

    List<String> command(String program, String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static EmbeddedException none() {
        return new EmbeddedException("No PostgreSQL can be run here: as root it needs user namespaces"
                + " (sysctl user.max_user_namespaces) or an installed PostgreSQL (apt-get install postgresql)");
    }

    private static boolean isRoot() {
        try {
            Path probe = Files.createTempFile("halo-owner", "");
            boolean root = Files.getAttribute(probe, "unix:uid").equals(0);
            Files.delete(probe);
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (UnsupportedOperationException e) {
            return false;
        }
    }

    private static boolean succeeds(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = process.waitFor(20, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Optional<Path> installed() {
        Path root = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(root)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(root)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.comparing(Path::toString));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Path> bundled(Path cache) {
        String archive = "/postgres-" + system() + "-" + architecture() + ".txz";
        if (PostgresBinaries.class.getResource(archive) == null) {
            return Optional.empty();
        }
        Path entry = BinaryCache.entry(
                cache, "postgresql-" + VERSION + "-" + architecture(), directory -> unpack(archive, directory));
        return Optional.of(entry.resolve("bin"));
    }

    private static String system() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
    }

    private static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> System.getProperty("os.arch");
        };
    }

    private static void unpack(String archive, Path directory) throws IOException {
        try (InputStream resource = PostgresBinaries.class.getResourceAsStream(archive);
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(resource)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, directory);
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path directory) throws IOException {
        Path target = directory.resolve(entry.getName()).normalize();
        if (!target.startsWith(directory)) {
            throw new IOException("The archive leaves its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, target);
            boolean executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }
}
