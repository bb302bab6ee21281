package dev.halo.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Keycloak's distribution, unpacked and built for the one kind of database that it has here: its own, in files. Building
 * takes a processor 20 s, so it is done once, in the cache.
 *
 * @param root folder that the archive was unpacked to
 */
record KeycloakDistribution(Path root) {

    private static final String ARTIFACT = "org.keycloak:keycloak-quarkus-dist";
    private static final String FETCHER = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy";
    private static final int FETCH_MINUTES = 15;
    private static final int BUILD_MINUTES = 10;
    // What nobody logs in with here; each feature left out makes the start shorter.
    private static final String LEFT_OUT = "kerberos,ciba,par,impersonation,organization";

    /**
     * The distribution of the cache, fetched and built first if it is not there.
     *
     * @param archive its archive, where somebody has it already; else Maven fetches it
     * @param progress gets a line for each step that takes long
     * @throws EmbeddedException when it cannot be fetched or built; the message says what to do
     */
    static KeycloakDistribution find(Path cache, Optional<Path> archive, Consumer<String> progress) {
        String version = version();
        Path root = BinaryCache.entry(cache, "keycloak-" + version + "-r1", directory -> {
            Path work = Files.createTempDirectory("halo-keycloak");
            try {
                Path zip = archive.isPresent() ? archive.get() : fetch(version, work, progress);
                progress.accept("unpacking and building Keycloak " + version + ", once");
                unpack(zip, directory);
                build(directory, work);
            } finally {
                BinaryCache.deleteTree(work);
            }
        });
        return new KeycloakDistribution(root);
    }

    /** The version that this build is made for. */
    static String version() {
        Properties properties = new Properties();
        try (InputStream resource = KeycloakDistribution.class.getResourceAsStream("keycloak.properties")) {
            properties.load(resource);
        } catch (IOException e) {
            throw new EmbeddedException("Keycloak's version is not known: " + e.getMessage(), e);
        }
        return properties.getProperty("version");
    }

    /**
     * The command that runs it, as {@code kc.sh} would, but as one process.
     *
     * @param home folder of its configuration and data
     */
    List<String> command(Path home, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx384m",
                "-XX:MaxMetaspaceSize=256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dfile.encoding=UTF-8",
                "-Djava.net.preferIPv4Stack=true",
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
                        + "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
                "-Dpicocli.disable.closures=true",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
                "--add-opens=java.base/java.security=ALL-UNNAMED"));
        command.add("-Dkc.home.dir=" + home);
        command.add("-Djboss.server.config.dir=" + home.resolve("conf"));
        command.addAll(List.of(
                "-cp",
                root.resolve("lib/quarkus-run.jar").toString(),
                "io.quarkus.bootstrap.runner.QuarkusEntryPoint"));
        command.addAll(arguments);
        return command;
    }

    private static Path fetch(String version, Path work, Consumer<String> progress) throws IOException {
        progress.accept("fetching Keycloak " + version + " by Maven (165 MB, once)");
        String failed = "Keycloak " + version + " cannot be fetched by Maven";
        try {
            run(
                    work,
                    List.of(
                            "mvn",
                            "-B",
                            "-q",
                            FETCHER,
                            "-Dartifact=" + ARTIFACT + ":" + version + ":zip",
                            "-DoutputDirectory=" + work),
                    FETCH_MINUTES,
                    failed);
        } catch (IOException e) {
            throw new IOException(
                    e.getMessage() + ". Fetch the artifact " + ARTIFACT + ":" + version
                            + ":zip where there is a network, and name the file with HALO_KEYCLOAK_ARCHIVE",
                    e);
        }
        try (Stream<Path> files = Files.list(work)) {
            return files.filter(file -> file.toString().endsWith(".zip"))
                    .findFirst()
                    .orElseThrow(() -> new IOException(failed + ": it brought no archive"));
        }
    }

    /** Unpacks an archive whose files lie in one folder, without that folder. */
    static void unpack(Path archive, Path directory) throws IOException {
        if (!Files.isRegularFile(archive)) {
            throw new IOException("there is no archive " + archive);
        }
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
                unpack(zip, entry, directory);
            }
        }
    }

    private static void unpack(ZipFile zip, ZipEntry entry, Path directory) throws IOException {
        String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
        Path target = directory.resolve(name).normalize();
        if (!target.startsWith(directory)) {
            throw new IOException("the archive leaves its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        try (InputStream content = zip.getInputStream(entry)) {
            Files.copy(content, target);
        }
    }

    private static void build(Path directory, Path work) throws IOException {
        List<String> command = new KeycloakDistribution(directory)
                .command(directory, List.of("build", "--db=dev-file", "--features-disabled=" + LEFT_OUT));
        run(work, command, BUILD_MINUTES, "Keycloak cannot be built");
    }

    private static void run(Path work, List<String> command, int minutes, String failed) throws IOException {
        Path output = work.resolve("output");
        Process process = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
                throw new IOException(failed + " within " + minutes + " minutes");
            }
            if (process.exitValue() != 0) {
                throw new IOException(failed + ": " + firstError(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(failed + ": interrupted", e);
        } finally {
            // Whoever stops the launcher meanwhile wants nothing left behind.
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String firstError(Path output) throws IOException {
        List<String> lines = Files.readAllLines(output);
        return lines.stream()
                .filter(line -> line.contains("ERROR"))
                .findFirst()
                .orElse(lines.isEmpty() ? "no output" : lines.get(lines.size() - 1));
    }
}
