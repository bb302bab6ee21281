package dev.halo.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Fetches Debian's Firebird packages and unpacks them without installing anything and without root's rights: apt works
 * on private state and cache folders, dpkg only extracts.
 */
final class FirebirdPackages {

    private static final List<String> NEEDED = List.of(
            "firebird3.0-server",
            "firebird3.0-server-core",
            "firebird3.0-utils",
            "firebird3.0-common",
            "libfbclient2",
            "libib-util",
            "libtommath1");

    // The console tool's libraries, which a minimal machine lacks.
    private static final List<String> TOOL_LIBRARIES = List.of("libedit2", "libbsd0", "libmd0", "libtinfo6");

    private static final Pattern COMPILED_INTL = Pattern.compile("(/usr/lib/[a-z0-9_-]+/firebird/3\\.0/intl)\0");
    private static final Pattern COMPILED_TMP = Pattern.compile("\0(/tmp)\0");

    private FirebirdPackages() {}

    /** Unpacks the packages below the folder, as they would lie below the root of an installation. */
    static void unpackInto(Path root) throws IOException {
        Path work = Files.createTempDirectory("halo-firebird-packages");
        try {
            download(work, NEEDED);
            unpack(work, root);
            if (missesLibraries(work, root)) {
                download(work, TOOL_LIBRARIES);
                unpack(work, root);
            }
            try (Stream<Path> files = Files.walk(root.resolve("usr"))) {
                files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                        .forEach(FirebirdPackages::relocate);
            }
        } finally {
            BinaryCache.deleteTree(work);
        }
    }

    private static void download(Path work, List<String> packages) throws IOException {
        List<String> command = new ArrayList<>(List.of("apt-get", "-q", "download"));
        command.addAll(packages);
        if (run(work, command) == 0) {
            return;
        }
        List<String> options = privateState(work);
        List<String> update = new ArrayList<>(List.of("apt-get", "-q"));
        update.addAll(options);
        update.add("update");
        command.addAll(1, options);
        if (run(work, update) != 0 || run(work, command) != 0) {
            throw new IOException("apt-get cannot download Firebird's packages: " + lastLine(work));
        }
    }

    private static List<String> privateState(Path work) throws IOException {
        Files.createDirectories(work.resolve("state/lists/partial"));
        Files.createDirectories(work.resolve("cache/archives/partial"));
        return List.of(
                "-o",
                "Dir::State=" + work.resolve("state"),
                "-o",
                "Dir::State::lists=" + work.resolve("state/lists"),
                "-o",
                "Dir::State::status=/var/lib/dpkg/status",
                "-o",
                "Dir::Cache=" + work.resolve("cache"),
                "-o",
                "APT::Sandbox::User=",
                "-o",
                "Debug::NoLocking=1");
    }

    private static void unpack(Path work, Path root) throws IOException {
        List<Path> packages;
        try (Stream<Path> files = Files.list(work)) {
            packages = files.filter(file -> file.toString().endsWith(".deb")).toList();
        }
        for (Path archive : packages) {
            if (run(work, List.of("dpkg", "-x", archive.toString(), root.toString())) != 0) {
                throw new IOException("dpkg cannot unpack " + archive.getFileName() + ": " + lastLine(work));
            }
            Files.delete(archive);
        }
    }

    private static boolean missesLibraries(Path work, Path root) throws IOException {
        Path output = work.resolve("output");
        Files.deleteIfExists(output);
        int code = run(work, List.of("ldd", root.resolve("usr/bin/isql-fb").toString()));
        return code == 0
                && Files.readAllLines(output).stream()
                        .filter(line -> line.contains("not found"))
                        .anyMatch(line -> !line.contains("libfbclient") && !line.contains("libtommath"));
    }

    /**
     * Debian compiles in the folder of the character sets, and no setting or variable overrides it. In the unpacked copy
     * the path becomes one relative to the working folder, padded with slashes to the same length, and the server's
     * change to /tmp at its start a change to where it is: the instance's folder, which has them.
     */
    private static void relocate(Path file) {
        try {
            byte[] content = Files.readAllBytes(file);
            boolean changed = replace(content, COMPILED_INTL, "./", "intl");
            if (file.endsWith("sbin/firebird")) {
                changed |= replace(content, COMPILED_TMP, "./", ".");
            }
            if (changed) {
                Files.write(file, content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Start and end with slashes between them take the place of the text in front of the closing zero byte.
    private static boolean replace(byte[] content, Pattern text, String start, String end) {
        Matcher matcher = text.matcher(new String(content, StandardCharsets.ISO_8859_1));
        boolean found = false;
        while (matcher.find()) {
            int padding = matcher.end(1) - matcher.start(1) - start.length() - end.length();
            byte[] replacement = (start + "/".repeat(padding) + end).getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(replacement, 0, content, matcher.start(1), replacement.length);
            found = true;
        }
        return found;
    }

    private static int run(Path work, List<String> command) throws IOException {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(work.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            work.resolve("output").toFile()))
                    .start();
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException(command.get(0) + " took longer than 5 minutes");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while " + command.get(0) + " ran", e);
        }
    }

    private static String lastLine(Path work) throws IOException {
        List<String> lines = Files.readAllLines(work.resolve("output"));
        return lines.isEmpty() ? "no output" : lines.get(lines.size() - 1);
    }
}
