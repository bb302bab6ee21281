package dev.halo.embedded;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * One Keycloak as a child process, on the loopback address, without an installation. Its folder holds its database; a
 * realm is imported at the first start and kept from then on. Starting again on the same folder and port continues where
 * it ended.
 */
public final class EmbeddedKeycloak implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    /**
     * What to run.
     *
     * @param instance folder of this server, made if it does not exist
     * @param port 0 for a free one
     * @param realm name of the realm
     * @param realmFile the realm as JSON; {@code ${NAME}} in it is taken from the environment
     * @param environment added to this JVM's own: the values for the file
     * @param archive the distribution, where somebody has it already; else Maven fetches it when the cache has none
     * @param progress gets a line for each step that takes long
     */
    public record Spec(
            Path instance,
            int port,
            String realm,
            String realmFile,
            Map<String, String> environment,
            Optional<Path> archive,
            Consumer<String> progress) {

        /** Takes defensive copies. */
        public Spec {
            environment = Map.copyOf(environment);
        }

        /** Not the realm and its secrets. */
        @Override
        public String toString() {
            return "Spec[" + instance + ", " + port + ", " + realm + "]";
        }
    }

    private final Spec spec;
    private final Path instance;
    private final int port;
    private final KeycloakDistribution distribution;
    private ChildProcess server;

    private EmbeddedKeycloak(Spec spec) throws IOException {
        this.spec = spec;
        this.instance = OwnerOnly.directory(spec.instance()).toRealPath();
        this.port = Ports.orFree(spec.port());
        this.distribution = KeycloakDistribution.find(defaultCache(), spec.archive(), spec.progress());
    }

    /** The folder of unpacked programs: {@code halo.keycloak.cache}, else {@code HALO_KEYCLOAK_CACHE}, else the user's. */
    public static Path defaultCache() {
        return BinaryCache.location("halo.keycloak.cache", "HALO_KEYCLOAK_CACHE", "keycloak");
    }

    /** The archive that {@code halo.keycloak.archive}, else {@code HALO_KEYCLOAK_ARCHIVE} names. */
    public static Optional<Path> configuredArchive() {
        String configured = System.getProperty("halo.keycloak.archive", System.getenv("HALO_KEYCLOAK_ARCHIVE"));
        return Optional.ofNullable(configured).filter(path -> !path.isBlank()).map(Path::of);
    }

    /**
     * Starts a server and waits until its realm answers.
     *
     * @throws EmbeddedException when it cannot be fetched or does not start; the message says why
     */
    public static EmbeddedKeycloak start(Spec spec) {
        try {
            EmbeddedKeycloak keycloak = new EmbeddedKeycloak(spec);
            keycloak.start();
            return keycloak;
        } catch (IOException e) {
            throw new EmbeddedException("Keycloak cannot use " + spec.instance() + ": " + e.getMessage(), e);
        }
    }

    /** Starts the stopped server again on its folder and port; does nothing when it runs. */
    public synchronized void start() throws IOException {
        if (isRunning()) {
            return;
        }
        Path pidFile = instance.resolve("server.pid");
        ChildProcess.reap(pidFile, STOP_LIMIT);
        layOut();
        server = ChildProcess.start(new ChildProcess.Spec(
                "Keycloak",
                distribution.command(instance, arguments()),
                spec.environment(),
                instance,
                log(),
                ChildProcess.StopSignal.TERM,
                STOP_LIMIT,
                pidFile));
        try {
            awaitRealm();
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
    }

    // The programs are shared, the rest of what Keycloak calls its home is this server's own.
    private void layOut() throws IOException {
        for (String folder : List.of("conf", "providers", "themes", "data/import")) {
            Files.createDirectories(instance.resolve(folder));
        }
        Path programs = instance.resolve("lib");
        Files.deleteIfExists(programs);
        Files.createSymbolicLink(programs, distribution.root().resolve("lib"));
        OwnerOnly.write(instance.resolve("data/import/" + spec.realm() + ".json"), spec.realmFile());
    }

    private List<String> arguments() {
        return List.of(
                "start",
                "--optimized",
                "--cache=local",
                "--http-enabled=true",
                "--http-host=127.0.0.1",
                "--http-port=" + port,
                "--hostname=" + url(),
                "--import-realm");
    }

    private void awaitRealm() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!answers()) {
            if (!server.isAlive()) {
                throw new EmbeddedException("Keycloak ended at its start. Its log " + log() + " ends with:\n" + tail());
            }
            if (System.nanoTime() > deadline) {
                throw new EmbeddedException("Keycloak's realm " + spec.realm() + " did not answer within "
                        + START_LIMIT.toSeconds() + " s. Its log " + log() + " ends with:\n" + tail());
            }
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            if (Thread.interrupted()) {
                throw new EmbeddedException("Interrupted while waiting for Keycloak");
            }
        }
    }

    private boolean answers() {
        HttpRequest request = HttpRequest.newBuilder(URI.create(issuer() + "/.well-known/openid-configuration"))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String tail() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException e) {
            return "(not readable)";
        }
    }

    /** Base URL. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Who its tokens say they are from, and where their keys are found. */
    public URI issuer() {
        return url().resolve("/realms/" + spec.realm());
    }

    /** File with what it wrote, appended over restarts. */
    public Path log() {
        return instance.resolve("keycloak.log");
    }

    /** Process id; the server must run. */
    public synchronized long pid() {
        return server.pid();
    }

    /** Whether the server runs. */
    public synchronized boolean isRunning() {
        return server != null && server.isAlive();
    }

    /** Stops the server in order; does nothing when it is stopped. */
    public synchronized void stop() {
        if (server != null) {
            server.stop();
            server = null;
        }
    }

    @Override
    public void close() {
        stop();
    }
}
